"""The API against its own schema: Schemathesis sends what it describes, and what it does not, as several roles.

Every answer is one that the schema promises, every refusal a problem in the documented shape with a French sentence, and
nothing is a crash. Same cases at every run.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sys
from binascii import crc32
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.pytest.lazy import get_all_tests

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from tests.fabriques import PDF, Distribution, jeton_de, make_dossier, make_piece

pytestmark = pytest.mark.django_db
ROLES = ("porteur", "instructeur", "national", "")
ACTES = (
    "deposer_projet",
    "suivre",
    "demander_pieces_projet",
    "refuser_projet",
    "abandonner",
    "declarer_association",
    "inconnu",
)
# One call in this many keeps the made-up number or name: that is the 404.
INVENTE = 5
PHRASE = re.compile(r"^(«\u00a0)?[A-ZÀÉÊ].*[.…?!»]$", re.S)
# A space that may break where it must not, a typewriter's apostrophe.
FAUTE = re.compile(r" [:;!?»%€]|« |\w'\w")


@dataclass
class Campagne:
    """The calls of one role. `fautes` by operation and kind, each once with its request."""

    d: Distribution
    qui: str
    uuids: dict[str, str]
    appels: int = 0
    statuts: dict[int, int] = field(default_factory=dict)
    fautes: dict[tuple[str, str], str] = field(default_factory=dict)

    def essayer(self, case: schemathesis.Case) -> None:
        self.appels += 1
        cache.clear()
        if self.appels % INVENTE and case.path_parameters:
            self._nommer_du_vrai(case)
        with annulee():
            self._appeler(case)

    def _nommer_du_vrai(self, case: schemathesis.Case) -> None:
        vrais = {"numero": self.d.numero, "nom": ACTES[self.appels % len(ACTES)], **self.uuids}
        for nom in case.path_parameters:
            case.path_parameters[nom] = vrais[nom]

    def _appeler(self, case: schemathesis.Case) -> None:
        try:
            reponse = case.call(headers=self.entetes)
            self.statuts[reponse.status_code] = self.statuts.get(reponse.status_code, 0) + 1
            case.validate_response(reponse, headers=self.entetes, additional_checks=[refus_en_francais])
        except FailureGroup as groupe:
            for faute in groupe.exceptions:
                self.fautes.setdefault(
                    (case.operation.label, faute.title), f"{faute.message}\n{case.as_curl_command()}"
                )

    @property
    def entetes(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.jeton}"} if self.qui else {}

    def __post_init__(self) -> None:
        self.jeton = jeton_de(self.d.utilisateur(self.qui)) if self.qui else ""


def refus_en_francais(ctx: object, reponse: schemathesis.Response, case: schemathesis.Case) -> None:
    """Code, sentence, fields: nothing else, and sentences that a person can read."""
    if reponse.status_code < 400:
        return
    type_ = reponse.headers.get("content-type", ["aucun"])[0]
    assert type_.startswith("application/json"), f"{reponse.status_code} en {type_}"
    if case.method.upper() == "HEAD":
        return
    probleme = reponse.json()
    assert set(probleme) == {"code", "message", "champs"}, probleme
    assert re.fullmatch(r"[a-z_]+", probleme["code"]), probleme
    for texte in (probleme["message"], *(t for textes in probleme["champs"].values() for t in textes)):
        assert PHRASE.match(texte), f"ce n’est pas une phrase : {texte!r}"
        assert not FAUTE.search(texte), f"espace ou apostrophe mal écrite : {texte!r}"


@contextmanager
def annulee() -> Iterator[None]:
    """What a call did is undone: the next one finds the same dossier."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def une_seule_connexion():
    """A request through WSGI ends with its connection; here it is the test's, in its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def journal_muet():
    """Thousands of refusals are wanted here; a crash is still told."""
    journal = logging.getLogger("django.request")
    journal.setLevel(logging.ERROR)
    yield
    journal.setLevel(logging.NOTSET)


@pytest.mark.preuve
@pytest.mark.parametrize("qui", ROLES, ids=[q or "anonyme" for q in ROLES])
def test_le_schema_est_tenu(qui: str, preuve, settings):
    d = make_dossier("amorcage_signe").distribution
    with comme_portail():
        document = Document.objects.filter(dossier__numero=d.numero).order_by("cree_le", "pk").first()
    piece = make_piece(d, empreinte=hashlib.sha256(PDF).hexdigest())
    campagne = Campagne(d, qui, {"document_id": str(document.pk), "piece_id": str(piece.pk)})
    operations = 0
    # A reduced run tries the limits as one role, of one operation in six.
    part = preuve.taille(6, 1) if qui == "porteur" or preuve.entiere else 0
    for bords in (True, False):
        for resultat in get_all_tests(
            schema=lire_le_schema(bords=bords).include(lambda c, bords=bords: _est_des_bords(c, part) == bords),
            test_func=campagne.essayer,
            settings=reglages(preuve.taille(2, 200)),
            given_kwargs={},
        ):
            operation, essai = resultat.ok()
            operations += 1
            essai()
    for (operation, titre), detail in campagne.fautes.items():
        sys.stdout.write(f"--- {operation} : {titre}\n{detail}\n")
    preuve.noter(
        cas=campagne.appels, fautes=len(campagne.fautes), plancher=operations * preuve.taille(2, 5), operations=operations,
        statuts=dict(sorted(campagne.statuts.items())),
    )  # fmt: skip


def _est_des_bords(contexte: object, part: int) -> bool:
    """One operation in `part`; 0: none."""
    return bool(part) and crc32(contexte.operation.path.encode()) % part == 0


def lire_le_schema(*, bords: bool) -> schemathesis.BaseSchema:
    """`bords`: also every limit that the schema names, and just beyond, one at a time."""
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    schema.config.phases.coverage.enabled = bords
    # What the schema describes may still be refused: by the procedure (an unknown département), or as text that no base holds.
    acceptables = schema.config.checks.positive_data_acceptance
    acceptables.expected_statuses = [*acceptables.expected_statuses, "400", "422"]
    return schema


def reglages(nombre: int) -> settings:
    return settings(
        max_examples=nombre, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

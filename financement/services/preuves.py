"""The evidence file: as JSON it leaves the portal with a trace of who took it; as a PDF it is a document of the dossier, kept as the others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.donnees import lire, vers_json
from ess_portal.documents.donnees.preuves import DossierPreuves
from ess_portal.documents.models import Document
from ess_portal.documents.services import demander_document, nouvelle_version
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, Interdit

from ..models import Contrat
from ..models.contrat import partie_de
from ..selectors.preuves import dossier_de_preuves, en_document

TYPE = "dossier_preuves"


@transaction.atomic
def remettre(*, dossier: Dossier, contrat: Contrat, acteur: Acteur, maintenant: datetime) -> bytes:
    """The evidence file as UTF-8 JSON, for who belongs to one of the three parties. Raises Interdit for another reader."""
    _reserver(dossier, acteur)
    preuves = dossier_de_preuves(dossier, contrat, etabli_le=maintenant)
    consigner(
        type="preuves_remises",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"contrat": contrat.pk, "version": contrat.version},
    )
    return json.dumps(preuves, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


@transaction.atomic
def demander_preuves(*, dossier: Dossier, contrat: Contrat, acteur: Acteur, maintenant: datetime) -> Document:
    """The PDF of the proofs as they stand, read afterwards by whoever reads the dossier. Asked again while nothing has changed it is the same
    one; then its next version. Raises Interdit for who is no party, Conflit before the first signature.
    """
    _reserver(dossier, acteur)
    if not contrat.signatures.exists():
        raise Conflit("sans_signature", "Ce contrat ne porte encore aucune signature\u00a0: il n’y a rien à prouver.")
    donnees = en_document(dossier, contrat, etabli_le=maintenant)
    cle = f"preuves:{contrat.pk}"
    dernier = Document.objects.filter(dossier=dossier, cle=cle).order_by("-version").first()
    if dernier is None:
        return demander_document(
            dossier=dossier, type=TYPE, donnees=donnees, cle=cle, acteur=acteur, maintenant=maintenant,
            titre=f"Preuves de signature\u00a0: {contrat.intitule.lower()}, version {contrat.version}",
        )  # fmt: skip
    if _memes_preuves(dernier, donnees):
        return dernier
    return nouvelle_version(document=dernier, donnees=donnees, acteur=acteur, maintenant=maintenant)


def _reserver(dossier: Dossier, acteur: Acteur) -> None:
    if not partie_de(dossier, acteur.organisation_id):
        raise Interdit("partie", "Le dossier de preuves est remis aux trois parties du contrat.")
    Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier.pk).values_list("pk").first()


def _memes_preuves(document: Document, donnees: DossierPreuves) -> bool:
    """All but the instant they are of."""
    figees: DossierPreuves = lire(TYPE, document.donnees)
    lues: DossierPreuves = lire(TYPE, vers_json(donnees))
    return replace(lues, etabli_le=figees.etabli_le, reperes=figees.reperes) == figees

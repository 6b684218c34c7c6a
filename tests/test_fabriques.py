"""Every state of the procedure is reached by its acts; a life put back is the life that was led."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction

from dossiers.regles.statuts import Statut
from ess_portal.comptes.locataire import comme_portail
from indicateurs.verification import CONTROLES
from tests.fabriques import make_dossier
from tests.outillage.base import GARDEES, PREFIXES_GARDES, ROGNEES
from tests.outillage.vies import Vies


@pytest.fixture
def sans_souvenir(monkeypatch):
    """As in a process that has led no life yet."""
    monkeypatch.setattr(Vies, "gardees", {})


@pytest.mark.django_db
@pytest.mark.parametrize("statut", Statut)
def test_dossier_atteint_le_statut(statut):
    assert make_dossier(statut).statut == statut


def lignes() -> dict[str, list[str]]:
    """Every row that a test may write, whatever its place in the file."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT essai.garder()::text")
        return {t: sorted(map(json.dumps, rangs)) for t, rangs in json.loads(curseur.fetchone()[0]).items()}


def reference() -> dict[str, str]:
    """A digest of each table of reference data, but for the rows that a test adds."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [t for (t,) in curseur.fetchall() if t in GARDEES or t.startswith(PREFIXES_GARDES)]
        digests = {}
        for table in sorted(set(tables) - set(ROGNEES)):
            curseur.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            digests[table] = curseur.fetchone()[0]
        return digests


@pytest.mark.django_db
def test_une_vie_remise_est_celle_qui_fut_menee(sans_souvenir):
    avant = reference()
    with transaction.atomic():
        menee = make_dossier("dotation_active")
        ecrites = lignes()
        assert reference() == avant
        transaction.set_rollback(True)
    assert not lignes()
    remise = make_dossier("dotation_active")
    assert (remise.pk, remise.numero, remise.distribution.maintenant) == (
        menee.pk,
        menee.numero,
        menee.distribution.maintenant,
    )
    assert len(ecrites) > 25
    assert lignes() == ecrites
    with comme_portail():
        assert [faute for controle in CONTROLES for faute in controle.fautes()] == []
    remise.distribution.fait("porteur", "resilier", motif="Dissolution de l’association.")
    assert remise.distribution.relire().statut == "resilie"


@pytest.mark.django_db
def test_un_second_dossier_est_mene(sans_souvenir):
    premier, second = (make_dossier("lettre_deposee", departement=code) for code in ("31", "81"))
    assert (premier.numero, second.numero) == ("76-2026-0001", "76-2026-0002")
    assert len(Vies.gardees) == 1

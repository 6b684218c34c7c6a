"""The end of a contract is told when its alerts come, by the parameters' months (DUR-1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dossiers.models import Echeance, Relance, Tache
from dossiers.regles.delais import dernier_jour
from dossiers.services import relances
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from tests import fabriques


def _midi(jour: date) -> datetime:
    return datetime.combine(jour, time(12), ZoneInfo("Europe/Paris"))


@pytest.mark.django_db
def test_six_mois_puis_trois_mois_avant_la_fin_du_contrat() -> None:
    dossier = fabriques.make_dossier(statut="dotation_active")
    with comme_portail():
        fin = Echeance.objects.get(dossier=dossier, regle="DUR-1")
        jours = [dernier_jour(fin.dernier_jour, -m) for m in (6, 3)]
        relances.creer(au=_midi(jours[0] - timedelta(days=1)))
        assert not Relance.objects.filter(echeance=fin).exists()
        for rang, jour in enumerate(jours, start=1):
            for au in (jour, jour, jour + timedelta(days=40)):
                relances.creer(au=_midi(au))
                paliers = Relance.objects.filter(echeance=fin).order_by("-palier").values_list("palier", flat=True)
                assert list(paliers) == [(fin.dernier_jour - j).days for j in jours[:rang]]


@pytest.mark.django_db
def test_la_tache_de_recuperation_a_le_delai_des_parametres() -> None:
    """REC-1: one month from the last day, date to date, written beforehand with the date itself."""
    dossier = fabriques.make_dossier(statut="amorcage_signe")
    with comme_portail():
        dl5 = Echeance.objects.get(dossier=dossier, regle="DL-5")
    regler_dues(au=dl5.instant)
    with comme_portail():
        tache = Tache.objects.get(dossier=dossier, type="ouvrir_recuperation")
    assert tache.a_faire_au_plus_tard == dernier_jour(dl5.dernier_jour, 1)

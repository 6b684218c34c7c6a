"""The sandbox's figures of demography: one click away on the map, the thresholds and their own page, and said to be invented."""

from __future__ import annotations

import time

import pytest

from adhesions.mesures import importee
from adhesions.models import Demographie
from dossiers.models import Dossier
from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.socle import horloge
from indicateurs.demonstration.demographie import SOURCE, chiffres, importer_si_absent
from indicateurs.demonstration.programme import lignes


@pytest.mark.django_db
def test_les_chiffres_du_bac_a_sable() -> None:
    creer_comptes()
    debut = time.process_time()
    ancien, dernier = importer_si_absent(horloge.maintenant())
    assert time.process_time() - debut < 1.5
    assert ancien.nouveaux == dernier.nouveaux == len(chiffres()) >= 200
    assert set(Demographie.objects.values_list("source", flat=True)) == {SOURCE}
    assert importer_si_absent(horloge.maintenant()) == []
    dossier = Dossier(groupes=["cardiologie"], departements=["31", "32", "65"])
    lus = importee(dossier)
    assert (lus.liberaux, lus.presents, lus.est_complete) == (38, 52, True)


@pytest.mark.django_db
def test_chaque_dossier_trouve_au_moins_ce_que_dit_sa_lettre() -> None:
    connus = chiffres()
    assert all(0 <= liberaux <= presents for liberaux, presents in connus.values())
    assert {d for d, _ in connus} == {d for fiche, _ in lignes() for d in fiche.departements}

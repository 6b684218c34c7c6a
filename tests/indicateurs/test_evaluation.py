"""The evaluation: an équipe's figures with their denominators, aggregates for the nation, few queries, nobody's neighbour."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle.erreurs import Interdit
from indicateurs.evaluation.page import page
from indicateurs.models import Rapport
from indicateurs.pilotage.echeances import Filtres
from tests.fabriques import client_de

from .conftest import MAINTENANT

CHIFFRES = {"i1": 40, "i1b": 25, "i2": 300, "i3": 60, "i4": 3, "i5": 12}


def lire(acteur, campagne: int | None = None, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), campagne, MAINTENANT)


def deposer(dossier, annee: int = 1, an: int = 2025, statut: str = "depose", **champs) -> None:
    with comme_portail():
        Rapport.objects.create(
            dossier=dossier, annee=annee, debut=date(an - 1, 4, 1), fin=date(an, 3, 31), statut=statut, depose_le=MAINTENANT,
            enregistre_le=MAINTENANT, correction_demandee="x", valide_le=MAINTENANT, **CHIFFRES | champs,
        )  # fmt: skip


def test_une_equipe_n_y_entre_pas(porteur):
    with pytest.raises(Interdit):
        lire(porteur[1])


def test_sans_rapport_la_page_le_dit(reprendre, instructeur):
    reprendre("dotation_active")
    assert lire(instructeur[1])["campagne"] is None
    assert "Aucun rapport déposé" in client_de(instructeur[0]).get("/pilotage/evaluation/").text


def test_chaque_equipe_avec_ses_denominateurs(reprendre, instructeur, autre_ars):
    """The campaign is the year in which the contract year ended; one sent back does not count, nor a neighbour's."""
    dossier = reprendre("dotation_active")
    deposer(dossier, 1, 2024, "valide")
    deposer(dossier, 2, 2025)
    deposer(reprendre("dotation_active"), 1, 2025, "a_corriger")
    deposer(reprendre("dotation_active", ars=autre_ars, region="53"), 1, 2025)
    lu = lire(instructeur[1])
    assert [c["annee"] for c in lu["campagnes"]] == [2025, 2024]
    (ligne,) = lu["lignes"]
    assert (ligne["annee"], ligne["jours"], ligne["adherents"], ligne["par_adherent"]) == (2, "365", "0", "–")
    assert lire(instructeur[1], 2024)["lignes"][0]["jours"] == "366"
    assert lire(instructeur[1], 1999)["campagne"] == 2025
    assert [r.valeurs for r in lu["series"][0]["dessin"].rangs] == [(300,), (300,)]
    texte = client_de(instructeur[0]).get("/pilotage/evaluation/?campagne=2024").text
    assert dossier.nom in texte


def test_la_nation_ne_lit_pas_les_petits_nombres(reprendre, national):
    """Five reports of a region are said, four are not, nor what would give them back; a count under five is hidden too."""
    dossiers = [reprendre("dotation_active") for _ in range(5)]
    for d in dossiers[:4]:
        deposer(d, i4=1, i5=1)
    lu = lire(national[1])
    assert [ligne["n"] for ligne in lu["regions"]["lignes"]] == ["masqué"]
    assert {v for _, v in lu["regions"]["lignes"][0]["valeurs"]} == {"masqué"}
    assert {v for _, v in lu["regions"]["totaux"]} == {"masqué"}
    assert [r.valeurs for r in lu["series"][0]["dessin"].rangs] == [(None,)]
    deposer(dossiers[4], i4=0, i5=0)
    lu = lire(national[1])
    valeurs = dict(lu["regions"]["lignes"][0]["valeurs"])
    assert (valeurs["Patients pris en charge par l’équipe"].replace("\u202f", "").replace("\u00a0", "")) == "1500"
    assert valeurs["Consultations avancées réalisées"] == "masqué"
    texte = client_de(national[0]).get("/pilotage/evaluation/").text
    assert dossiers[0].nom not in texte


def test_un_nombre_constant_de_requetes(reprendre, instructeur, national):
    def compter(qui) -> int:
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            lire(qui[1])
        return len(requetes)

    deposer(reprendre("dotation_active"))
    avant = [compter(q) for q in (instructeur, national)]
    for an in (2024, 2025):
        deposer(reprendre("dotation_active"), 2, an)
    assert [compter(q) for q in (instructeur, national)] == avant

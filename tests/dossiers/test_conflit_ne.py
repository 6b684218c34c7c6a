"""CRI-1c and CAL-9: two silences of one midnight on one territory, read everywhere as the scan will write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.models import Dossier
from dossiers.onglets import NOMS, Filtres
from dossiers.presentation import habiller
from dossiers.selectors import comptes, liste
from dossiers.services import unicite
from dossiers.services.passage import regler_dues
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.referentiel.services import ars_competente
from indicateurs.pilotage import page as pilotage
from indicateurs.pilotage.echeances import Filtres as FiltresPilotage
from tests import fabriques
from tests.dossiers.test_unicite import INSTANT, Lettre, lettres_pretes

pytestmark = pytest.mark.django_db
PASSEE = INSTANT + timedelta(days=90)


def surfaces(acteur: Acteur, lettres: list[Lettre]) -> dict[str, object]:
    with contexte(acteur):
        seuils = seuils_de(acteur, PASSEE)
        f = Filtres(onglet="a_traiter")
        compte = comptes(acteur, f, seuils)
        lues = liste(acteur, f, seuils, compte)["dossiers"]
        habiller(lues, acteur, seuils)
        filtrees = liste(acteur, Filtres(onglet="a_traiter", recherche="cardiologie"), seuils)["dossiers"]
        chiffres = pilotage.page(acteur, FiltresPilotage(), PASSEE)["chiffres"]
        visibles = Dossier.objects.pour(acteur).filter(numero__in=[x.numero for x in lettres])
        return {
            "onglets": {nom: compte[nom] for nom in NOMS},
            "lignes": [(d.numero, d.est_a_regulariser) for d in lues],
            "filtrees": [d.numero for d in filtrees],
            "pilotage": next(c["valeur"] for c in chiffres if c["libelle"] == "dossiers à régulariser"),
            "fiches": {d.numero: unicite.est_a_regulariser(d, PASSEE) for d in visibles},
        }


def test_le_conflit_ne_du_silence_se_compte_et_se_liste_avant_d_etre_inscrit():
    """The second of two, for its ARS, which reads nothing of the first one's dossier; the first, for its own."""
    lettres = premiere, seconde = lettres_pretes(2)
    rennes = fabriques.make_acteur("ars_instructeur", departement="35")
    with comme_portail():
        Dossier.objects.filter(numero=premiere.numero).update(ars=ars_competente("35"))
        Dossier.objects.update(recherche="ess cardiologie")
    avant = surfaces(seconde.acteur, lettres), surfaces(rennes, lettres)
    assert avant[0]["onglets"]["a_traiter"] == 1
    assert avant[0]["lignes"] == [(seconde.numero, True)]
    assert avant[0]["filtrees"] == [seconde.numero]
    assert avant[0]["pilotage"] == 1
    assert avant[0]["fiches"] == {seconde.numero: True}
    assert (avant[1]["lignes"], avant[1]["pilotage"], avant[1]["fiches"]) == ([], 0, {premiere.numero: False})
    regler_dues(au=PASSEE)
    assert (surfaces(seconde.acteur, lettres), surfaces(rennes, lettres)) == avant
    assert [x.relire().est_a_regulariser for x in lettres] == [False, True]

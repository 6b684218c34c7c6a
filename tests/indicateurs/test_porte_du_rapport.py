"""The yearly payment waits for the report of the year gone by, then for the caisse's check (§5, FIN-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dossiers.models import Dossier, Tache
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier
from financement.echeancier import echeancier
from indicateurs import services
from indicateurs.periodes import periodes
from tests.fabriques import Distribution, make_dossier
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db
CHIFFRES: dict[str, Any] = {
    "i1": 10, "i1b": 8, "i2": 200, "i3": 30, "i4": 2, "i5": 12, "commentaires": "Année pleine.",
    "qualitatifs": [{"libelle": "Délai ressenti", "resultat": "En baisse"}], "emploi_des_fonds": "Coordination",
    "montant_depense": Decimal("41000.50"),
}  # fmt: skip


@pytest.fixture
def d() -> Distribution:
    """Two days after the first anniversary, the first year's grant paid."""
    return Vies.mener("un an de dotation", un_an_de_dotation)


def un_an_de_dotation() -> Distribution:
    d = make_dossier("dotation_active").distribution
    d.fait("gestionnaire", "proposer_versement", nature="dotation")
    with comme_portail():
        versement = Dossier.objects.get(numero=d.numero).versements.get(nature="dotation").numero
    d.fait("ordonnateur", "valider_versement", versement=versement)
    d.fait("gestionnaire", "marquer_paye", versement=versement, reference="VIR 1")
    d.avancer(days=367)
    regler_dues(au=d.maintenant)
    return d


def manques(d: Distribution) -> dict[str, str]:
    with comme_portail():
        lignes = echeancier(Dossier.objects.get(numero=d.numero), d.jour)
    return {c["code"]: c["detail"] for c in next(x for x in lignes if x.annee == 2).manques}


def controler(d: Distribution) -> None:
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type="controle_annuel").pk
    d.fait("gestionnaire", "faire_tache", tache=str(tache), commentaire="Effectif contrôlé.")


def deposer(d: Distribution) -> None:
    acteur = d.acteur("porteur")
    with contexte(acteur):
        services.enregistrer_rapport(numero=d.numero, annee=1, acteur=acteur, maintenant=d.maintenant, donnees=CHIFFRES)
        services.deposer_rapport(numero=d.numero, annee=1, acteur=acteur, maintenant=d.maintenant)


def test_le_controle_seul_ne_suffit_pas(d):
    assert set(manques(d)) == {"pieces", "controle"}
    controler(d)
    assert set(manques(d)) == {"pieces"}
    assert "rapport attendu de l’équipe" in manques(d)["pieces"]
    with pytest.raises(ErreurMetier, match="Rapport d’activité de l’année écoulée remis"):
        d.fait("gestionnaire", "proposer_versement", nature="dotation")


def test_le_rapport_remis_ouvre_le_versement(d):
    deposer(d)
    assert set(manques(d)) == {"controle"}
    controler(d)
    assert manques(d) == {}
    d.fait("gestionnaire", "proposer_versement", nature="dotation")


def test_un_rapport_renvoye_n_est_plus_remis(d):
    deposer(d)
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        services.demander_correction(
            numero=d.numero, annee=1, texte="I2 est à vérifier.", acteur=acteur, maintenant=d.maintenant
        )
    assert "pieces" in manques(d)


def test_l_echeance_du_rapport_suit_le_reglage(d, monkeypatch):
    """At the anniversary of 2 March 2026's contract, or on the day that its set fixes."""
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        premiere = periodes(dossier, d.jour)[0]
        assert premiere.due_le == premiere.fin + timedelta(days=1)
        fixe = replace(Parametres(), echeance_rapport="31/03")
        monkeypatch.setattr("financement.services.dates.parametres", lambda contrat: fixe)
        assert periodes(dossier, d.jour)[0].due_le == date(2027, 3, 31)

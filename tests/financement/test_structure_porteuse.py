"""FIN-2: while the association does not exist, a structure porteuse receives the first payment where the setting admits it, and no other."""

from __future__ import annotations

from datetime import date

import pytest

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.forms.versements import Iban
from financement.models import CompteBancaire, Versement
from tests.financement.conftest import AUTRE_IBAN, IBAN, Distribution, declarer_association

SIREN = "404833048"


def champs_du_formulaire(d: Distribution) -> set[str]:
    acteur = d.acteurs["porteur"]
    with horloge.figer(d.maintenant), contexte(acteur):
        return set(Iban(dossier=d.relu(), acteur=acteur).fields)


def test_par_reglage_elle_recoit_le_premier_versement(distribution: Distribution):
    d = distribution
    iban = {"iban": IBAN, "titulaire": "CPTS Garonne"}
    with pytest.raises(ErreurMetier, match="Déclarez d’abord l’association"):
        d.fait("porteur", "enregistrer_iban", **iban, siren_porteuse=SIREN)
    assert "siren_porteuse" not in champs_du_formulaire(d)
    with comme_portail():
        JeuParametres.objects.create(
            region_id="76", valide_du=date(2025, 6, 1), valeurs={"structure_porteuse": "oui"}, source="Essai"
        )
        regional = JeuParametres.objects.get(region_id="76")
        type(d.dossier).objects.filter(pk=d.dossier.pk).update(jeu_regional=regional)
    d.relu()
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    assert "siren_porteuse" in champs_du_formulaire(d)
    for siren in ("", "404833049"):
        with pytest.raises(ErreurMetier) as refus:
            d.fait("porteur", "enregistrer_iban", **iban, siren_porteuse=siren)
        assert "siren_porteuse" in refus.value.champs
    d.fait("porteur", "enregistrer_iban", **iban, siren_porteuse="404 833 048")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with comme_portail():
        v = Versement.objects.get(dossier=d.dossier)
    d.fait("ordonnateur", "valider_versement", versement=v.numero)
    with comme_portail():
        v.refresh_from_db()
        constats = {c["code"]: c["detail"] for c in v.conditions}
        ordre = Document.objects.get(dossier=d.dossier, type="ordre_versement")
    assert constats["personne_morale"] == f"En préfiguration\u00a0: CPTS Garonne · SIREN {SIREN}"
    assert (ordre.donnees["beneficiaire"], ordre.donnees["identifiants"]) == ("CPTS Garonne", f"SIREN {SIREN}")


def test_l_association_declaree_attend_son_propre_compte(distribution: Distribution):
    d = distribution
    with comme_portail():
        regional = JeuParametres.objects.create(
            region_id="76", valide_du=date(2025, 6, 1), valeurs={"structure_porteuse": "oui"}, source="Essai"
        )
        type(d.dossier).objects.filter(pk=d.dossier.pk).update(jeu_regional=regional)
    d.relu()
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    d.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="CPTS Garonne", siren_porteuse=SIREN)
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    declarer_association(d)
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with comme_portail():
        v = Versement.objects.get(dossier=d.dossier)
    with pytest.raises(ErreurMetier, match="celui de la structure porteuse"):
        d.fait("ordonnateur", "valider_versement", versement=v.numero)
    assert "siren_porteuse" not in champs_du_formulaire(d)
    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement", versement=v.numero)
    with comme_portail():
        assert CompteBancaire.objects.get(dossier=d.dossier, remplace_le=None).siren_porteuse == ""

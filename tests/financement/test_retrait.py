"""A validation withdrawn (DL-8): the contracts that stood on it end, what was paid gets its task, the document says why."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers.models import Decision, Echeance, Tache
from dossiers.regles.motifs import motif_ecrit
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from financement.echeancier import echeancier
from financement.models import Contrat, Versement
from tests.fabriques import IBAN, Distribution, client_de, jeton_de, make_dossier, verser

pytestmark = pytest.mark.django_db


def retirer(d: Distribution, objet: str, **champs: Any):
    saisie = {"fondement": "L242-1", "contradictoire_le": d.jour.isoformat(), "motivation": "Le comptage était faux."}
    d.avancer(days=16)
    return d.fait("signataire", f"retirer_validation_{objet}", **(saisie | champs))


def test_la_lettre_retiree_met_fin_au_credit_et_ouvre_la_recuperation():
    d = make_dossier("amorcage_signe").distribution
    d.fait(
        "porteur", "declarer_association", type="loi_1901", nom="Association", rna="W311234567", representant="C. C."
    )
    d.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Association")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    verser(d, "amorcage_1")
    dossier = retirer(d, "lettre")
    assert dossier.statut == "lettre_refusee"
    with comme_portail():
        contrat = Contrat.objects.get(dossier=dossier)
        assert (contrat.statut, contrat.date_resiliation) == ("resilie", d.jour)
        assert contrat.motif == "Retrait de la validation\u00a0: Le comptage était faux."
        tache = Tache.objects.get(dossier=dossier, type="ouvrir_recuperation")
        assert (tache.qui, tache.faite_le) == ("caisse", None)
        assert tache.a_faire_au_plus_tard > d.jour
        assert Versement.objects.get(dossier=dossier).statut == "paye"
        assert Evenement.objects.get(dossier=dossier, type="fin_par_retrait").donnees["verse"] == "40000.00"
        assert not Echeance.objects.filter(dossier=dossier, statut="ouverte").exclude(regle="DL-8").exists()
        # What was paid stays on the page of the payments; nothing is expected any more.
        (payee,) = echeancier(dossier, d.jour)
        assert (payee.nature, payee.versement.statut, payee.est_proposable) == ("amorcage_1", "paye", False)


def test_la_dotation_payee_se_lit_apres_le_retrait_du_projet():
    d = make_dossier("dotation_active").distribution
    verser(d, "dotation")
    dossier = retirer(d, "projet", fondement="L242-2")
    with comme_portail():
        lues = [(x.nature, x.versement.statut) for x in echeancier(dossier, d.jour)]
    assert lues == [("amorcage_1", "paye"), ("amorcage_2", "paye"), ("dotation", "paye")]


def test_sans_contrat_rien_a_recuperer():
    d = make_dossier("lettre_validee").distribution
    dossier = retirer(d, "lettre")
    with comme_portail():
        assert not Tache.objects.filter(dossier=dossier, type="ouvrir_recuperation").exists()
        assert not Evenement.objects.filter(dossier=dossier, type="fin_par_retrait").exists()


def test_un_contrat_en_signature_reste_sans_suite():
    d = make_dossier("lettre_validee").distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    dossier = retirer(d, "lettre")
    with comme_portail():
        assert Contrat.objects.get(dossier=dossier).statut == "expire"


def test_le_projet_retire_met_fin_a_la_dotation_pas_au_credit():
    d = make_dossier("dotation_active").distribution
    d.fait("gestionnaire", "proposer_versement", nature="dotation")
    dossier = retirer(d, "projet", fondement="L242-2")
    assert dossier.statut == "projet_refuse"
    with comme_portail():
        statuts = dict(Contrat.objects.filter(dossier=dossier).values_list("type", "statut"))
        assert statuts == {"amorcage": "signe", "dotation": "resilie"}
        assert Versement.objects.get(dossier=dossier, nature="dotation").statut == "annule"
        assert Tache.objects.filter(dossier=dossier, type="ouvrir_recuperation").count() == 1  # the solde was paid
        assert not Echeance.objects.filter(dossier=dossier, regle__in=("DL-7", "DUR-1"), statut="ouverte").exists()


def test_le_retrait_se_lit_partout():
    """The document, the pages of each reader, the API and the journal say a reason that is on no list of refusals."""
    d = make_dossier("lettre_validee").distribution
    dossier = retirer(d, "lettre", fondement="L242-2")
    with comme_portail():
        decision = Decision.objects.get(dossier=dossier, sens="defavorable")
        document = Document.objects.get(dossier=dossier, cle=f"decision:{decision.pk}")
    assert document.titre == "Retrait de la validation – lettre d’intention"
    motif = document.donnees["motifs"][0]
    assert motif["intitule"] == "Retrait de la validation de la lettre d’intention"
    assert "242-2" in motif["fondement"]
    with horloge.figer(d.maintenant):
        for qui in ("porteur", "instructeur", "gestionnaire", "regional"):
            for page in ("", "journal/", "documents/"):
                assert client_de(d.utilisateur(qui)).get(f"/dossiers/{d.numero}/{page}").status_code == 200, (qui, page)
        journal = client_de(d.utilisateur("porteur")).get(f"/dossiers/{d.numero}/journal/").content.decode()
        jeton = jeton_de(d.utilisateur("instructeur"))
        api = client_de(d.utilisateur("instructeur")).get(
            f"/api/v1/dossiers/{d.numero}/", headers={"authorization": f"Bearer {jeton}"}
        )
    assert "Le comptage était faux." in journal
    lu = next(x for x in api.json()["decisions"] if x["sens"] == "defavorable")["motifs"][0]
    assert (lu["code"], lu["libelle"], lu["faits"]) == ("retrait", motif["intitule"], "Le comptage était faux.")


@pytest.mark.parametrize("objet", ["lettre", "projet"])
def test_un_motif_inconnu_se_lit_encore(objet):
    assert motif_ecrit(objet, {"code": "ancien_motif"}).libelle == "Ancien motif"
    assert motif_ecrit(objet, {"code": "retrait"}).fondement.endswith("L.\u00a0242-4")

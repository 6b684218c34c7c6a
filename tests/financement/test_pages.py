"""Pages of the contracts and payments, as each party reads them: what is shown, what is hidden, how many queries."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from financement.models import Contrat, Versement
from tests.financement.conftest import IBAN, MIDI, MOT_DE_PASSE, Distribution


@pytest.fixture(autouse=True)
def a_midi():
    with horloge.figer(MIDI):
        yield


def client(d: Distribution, qui: str) -> Client:
    c = Client()
    c.force_login(d.utilisateurs[qui])
    return c


def sans_jeton(reponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", reponse.content.decode())


def page_contrat(d: Distribution) -> str:
    with comme_portail():
        return f"/dossiers/{d.dossier.numero}/contrats/{Contrat.objects.order_by('-pk').first().pk}/"


@pytest.fixture
def propose(distribution: Distribution) -> Distribution:
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    return distribution


def test_chaque_partie_lit_le_contrat_et_celle_qui_peut_le_signe(propose: Distribution):
    for qui, peut in (
        ("porteur", True),
        ("signataire", True),
        ("ordonnateur", True),
        ("instructeur", False),
        ("gestionnaire", False),
    ):
        reponse = client(propose, qui).get(page_contrat(propose))
        assert reponse.status_code == 200
        texte = reponse.content.decode()
        assert "Article 1 – Objet" in texte
        assert ("Signer la version 1" in texte) is peut


def test_un_etranger_recoit_la_page_d_un_numero_absent(propose: Distribution):
    c = client(propose, "etranger")
    for adresse in (
        page_contrat(propose),
        f"/dossiers/{propose.dossier.numero}/versements/",
        f"/dossiers/{propose.dossier.numero}/contrats/",
    ):
        etrangere = c.get(adresse)
        absente = c.get(adresse.replace(propose.dossier.numero, "76-2025-9999"))
        assert (etrangere.status_code, absente.status_code) == (404, 404)
        assert sans_jeton(etrangere) == sans_jeton(absente)


def test_signer_sur_la_page_demande_le_mot_de_passe_et_la_case(propose: Distribution):
    c, adresse = client(propose, "porteur"), page_contrat(propose)
    assert "Cochez la case" in c.post(adresse, {"mot_de_passe": MOT_DE_PASSE}).content.decode()
    reponse = c.post(adresse, {"mot_de_passe": "faux", "lu": "1"})
    assert reponse.status_code == 422
    assert "Le mot de passe ne correspond pas." in reponse.content.decode()
    assert c.post(adresse, {"mot_de_passe": MOT_DE_PASSE, "lu": "1"}).status_code == 302
    texte = c.get(adresse).content.decode()
    assert "Signature 1 sur 3, intègre" in texte
    assert "Signer la version 1" not in texte


def test_une_version_perimee_donne_un_409(propose: Distribution):
    with comme_portail():
        ancienne = Contrat.objects.get()
    propose.fait("instructeur", "proposer_contrat_amorcage", objet_version="Siège corrigé")
    reponse = client(propose, "porteur").post(
        page_contrat(propose), {"mot_de_passe": MOT_DE_PASSE, "lu": "1", "empreinte": ancienne.empreinte}
    )
    assert reponse.status_code == 409
    assert "relisez la version 2" in reponse.content.decode()


def test_les_conditions_sont_visibles_de_l_equipe_et_l_iban_masque(contrat_signe: Distribution):
    texte = (
        client(contrat_signe, "porteur").get(f"/dossiers/{contrat_signe.dossier.numero}/versements/").content.decode()
    )
    assert "Au moins une action de la mission socle attestée" in texte
    assert "40\u00a0000,00\u00a0€" in texte
    assert IBAN not in texte.replace(" ", "")
    assert "Proposer le versement" not in texte


def test_le_circuit_d_un_versement_par_les_pages(contrat_signe: Distribution):
    d = contrat_signe
    adresse = f"/dossiers/{d.dossier.numero}/versements/"
    gestionnaire, ordonnateur = client(d, "gestionnaire"), client(d, "ordonnateur")
    assert "Proposer le versement" in gestionnaire.get(adresse).content.decode()
    assert gestionnaire.post(adresse, {"acte": "proposer_versement", "nature": "amorcage_1"}).status_code == 302
    with comme_portail():
        numero = Versement.objects.get().numero
    assert "Valider le versement" in ordonnateur.get(adresse).content.decode()
    faux = ordonnateur.post(adresse, {"acte": "valider_versement", "versement": numero, "mot_de_passe": "faux"})
    assert (faux.status_code, "Le mot de passe ne correspond pas." in faux.content.decode()) == (422, True)
    assert (
        ordonnateur.post(
            adresse, {"acte": "valider_versement", "versement": numero, "mot_de_passe": MOT_DE_PASSE}
        ).status_code
        == 302
    )
    assert (
        gestionnaire.post(adresse, {"acte": "marquer_paye", "versement": numero, "reference": "VIR-1"}).status_code
        == 302
    )
    texte = client(d, "porteur").get(adresse).content.decode()
    assert "VIR-1" in texte
    assert numero in texte


def test_qui_a_propose_lit_pourquoi_il_ne_valide_pas(contrat_signe: Distribution):
    contrat_signe.fait("ordonnateur", "proposer_versement", nature="amorcage_1")
    texte = (
        client(contrat_signe, "ordonnateur")
        .get(f"/dossiers/{contrat_signe.dossier.numero}/versements/")
        .content.decode()
    )
    assert "Vous avez proposé ce versement" in texte


@pytest.mark.parametrize("qui", ["porteur", "instructeur", "gestionnaire"])
@pytest.mark.parametrize("onglet", ["a_proposer", "propose", "valide", "paye"])
def test_la_liste_tient_en_douze_requetes(contrat_signe: Distribution, qui: str, onglet: str):
    if onglet != "a_proposer":
        contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    if onglet in ("valide", "paye"):
        contrat_signe.fait("ordonnateur", "valider_versement")
    if onglet == "paye":
        contrat_signe.fait("gestionnaire", "marquer_paye", reference="VIR-1")
    c = client(contrat_signe, qui)
    c.get("/versements/")
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        reponse = c.get(f"/versements/?onglet={onglet}&nature=amorcage_1")
    assert "ESS Cardiologie 31" in reponse.content.decode()
    assert len(requetes) <= 12


def test_la_liste_d_une_autre_caisse_est_vide(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    for onglet in ("a_proposer", "propose"):
        assert (
            "ESS Cardiologie 31"
            not in client(contrat_signe, "etranger").get(f"/versements/?onglet={onglet}").content.decode()
        )


def test_la_liste_dit_que_l_iban_est_a_confirmer(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    c = client(contrat_signe, "ordonnateur")
    assert "Proposé, à valider" in c.get("/versements/?onglet=propose").content.decode()
    contrat_signe.fait("porteur", "enregistrer_iban", iban="FR1420041010050500013M02606", titulaire="Cardio 31")
    assert "IBAN à confirmer" in c.get("/versements/?onglet=propose").content.decode()

"""The screens of the adhésions: the équipe's list and acts, the signing pages of a professional without account."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from adhesions import jetons
from adhesions.models import Adhesion, LienSignature
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.socle import horloge

from .conftest import MIDI, rpps


def photo() -> SimpleUploadedFile:
    """A photo of the signed form."""
    octets = BytesIO()
    Image.new("RGB", (60, 80), "white").save(octets, "PNG")
    return SimpleUploadedFile("annexe3.png", octets.getvalue(), "image/png")


@pytest.fixture(autouse=True)
def midi():
    with horloge.figer(MIDI):
        yield


@pytest.fixture
def connecte(client, porteur):
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    return client


@pytest.fixture
def saisie() -> dict[str, object]:
    return {
        "rpps": rpps(1),
        "titre": "Dr",
        "nom": "Roques",
        "prenom": "Camille",
        "specialite": "SM04",
        "mode": "liberal",
        "departements": ["31"],
        "lieux": "8, place du Foirail, 32000 Auch",
        "courriel": "camille@exemple.fr",
    }


def neutre(page: str) -> str:
    """Without what changes at each answer."""
    return re.sub(r'(nonce|value)="[^"]{16,}"', "", page)


def adresse(dossier, suite: str = "") -> str:
    return f"/dossiers/{dossier.numero}/adherents/{suite}"


def test_ajouter_puis_lister(connecte, dossier, saisie):
    assert "Aucun adhérent" in connecte.get(adresse(dossier)).text
    assert connecte.get(adresse(dossier, "ajouter/")).status_code == 200
    assert connecte.post(adresse(dossier, "ajouter/"), saisie).status_code == 302
    page = connecte.get(adresse(dossier)).text
    assert "Dr Camille Roques" in page
    assert "À signer" in page


@pytest.mark.parametrize(
    ("champ", "valeur"), [("rpps", "10101010101"), ("courriel", "x"), ("specialite", "SM99"), ("mode", ""), ("nom", "")]
)
def test_un_ajout_refuse_montre_le_champ_et_n_ecrit_rien(connecte, dossier, saisie, champ, valeur):
    reponse = connecte.post(adresse(dossier, "ajouter/"), saisie | {champ: valeur})
    assert reponse.status_code == 422
    assert f'href="#id_{champ}' in reponse.text
    with comme_portail():
        assert not Adhesion.objects.exists()


def test_les_pages_d_actes(connecte, dossier, inviter):
    adhesion = inviter()
    for acte in ("lien", "annulation", "formulaire", "correction"):
        assert connecte.get(adresse(dossier, f"{adhesion.pk}/{acte}/")).status_code == 200
    assert connecte.get(adresse(dossier, f"{adhesion.pk}/inconnu/")).status_code == 404
    assert connecte.get(adresse(dossier, f"{adhesion.pk + 1000}/lien/")).status_code == 404


def test_deposer_le_formulaire_signe_puis_sortir(connecte, dossier, inviter):
    adhesion = inviter()
    formulaire = {
        "date_signature": "2026-06-01",
        "engagement": "on",
        "fichier": photo(),
    }
    sans = {
        "date_signature": "2026-08-01",
        "engagement": "on",
        "fichier": photo(),
    }
    assert connecte.post(adresse(dossier, f"{adhesion.pk}/formulaire/"), sans).status_code == 422
    reponse = connecte.post(adresse(dossier, f"{adhesion.pk}/formulaire/"), formulaire)
    assert reponse.status_code == 302
    assert (
        connecte.post(
            adresse(dossier, f"{adhesion.pk}/sortie/"), {"date_sortie": "2026-05-31", "motif": "Départ"}
        ).status_code
        == 422
    )
    assert (
        connecte.post(
            adresse(dossier, f"{adhesion.pk}/sortie/"), {"date_sortie": "2026-12-31", "motif": "Départ"}
        ).status_code
        == 302
    )
    page = connecte.get(adresse(dossier)).text
    assert "Départ prévu" in page
    assert "jusqu’au 31\u00a0décembre\u00a02026 inclus" in page


def test_un_voisin_recoit_la_page_d_un_numero_absent(client, voisin, dossier, inviter):
    adhesion = inviter()
    client.force_login(Utilisateur.objects.get(pk=voisin.utilisateur_id))
    for suite in ("", "ajouter/", f"{adhesion.pk}/lien/", f"{adhesion.pk}/sortie/"):
        reponse = client.get(adresse(dossier, suite))
        absent = client.get(f"/dossiers/76-2026-9999/adherents/{suite}")
        assert reponse.status_code == absent.status_code == 404
        assert neutre(reponse.text) == neutre(absent.text)


def test_un_agent_lit_sans_ecrire(client, dossier, inviter, porteur):
    inviter()
    agent = Utilisateur.objects.create(courriel="agent@exemple.fr", nom="Agent")
    ars = Organisation.objects.get(type="ars", region="76")
    Rattachement.objects.create(utilisateur=agent, organisation=ars, role="ars_instructeur", cree_le=MIDI)
    with comme_portail():
        type(dossier).objects.filter(pk=dossier.pk).update(ars=ars)
    client.force_login(agent)
    page = client.get(adresse(dossier))
    assert page.status_code == 200
    assert "Ajouter un adhérent" not in page.text
    assert client.get(adresse(dossier, "ajouter/")).status_code == 403


@pytest.fixture
def lien(inviter) -> LienSignature:
    adhesion = inviter(lieux="8, place du Foirail")
    with comme_portail():
        return LienSignature.objects.get(adhesion=adhesion)


def relu(lien: LienSignature) -> LienSignature:
    with comme_portail():
        return LienSignature.objects.select_related("adhesion").get(pk=lien.pk)


def test_signer_sans_compte(client, lien):
    page = f"/adhesion/{jetons.jeton(lien.sel)}/"
    reponse = client.get(page)
    assert reponse.status_code == 200
    assert "checked" not in reponse.text
    assert reponse.text.index("Vos données personnelles") < reponse.text.index("Signer mon adhésion")
    assert "camille1@exemple.fr" not in reponse.text
    assert "no-store" in reponse["Cache-Control"]
    assert reponse["Referrer-Policy"] == "same-origin"
    assert client.get(f"{page}code/").status_code == 302
    assert client.post(page, {}).status_code == 422
    assert relu(lien).code_rang == 0
    assert client.post(page, {"a_avis_ponctuel": "on", "a_second_recours": "on"}).status_code == 302
    assert client.get(f"{page}code/").status_code == 200
    code = jetons.code(lien.sel, 1)
    faux = client.post(f"{page}code/", {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert faux.status_code == 422
    assert relu(lien).code_essais == 1, "un essai faux se garde"
    assert client.post(f"{page}code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert "Votre adhésion est signée" in client.get(page).text
    assert relu(lien).adhesion.etat == "signee"
    assert client.post(page, {"a_avis_ponctuel": "on", "a_second_recours": "on"}).status_code == 200


def test_decliner_sans_compte(client, lien):
    page = f"/adhesion/{jetons.jeton(lien.sel)}/"
    assert "Votre réponse est enregistrée" in client.post(page, {"decliner": "1"}).text
    assert "n’est plus valable" in client.get(page).text
    assert relu(lien).adhesion.etat == "annulee"


def test_un_jeton_inconnu_est_une_page_absente(client, db):
    assert client.get(f"/adhesion/{'A' * 43}/").status_code == 404
    assert client.get(f"/adhesion/{'A' * 43}/code/").status_code == 404


def test_les_pages_ne_portent_ni_style_ni_script_en_ligne(client, connecte, dossier, inviter, lien):
    pages = [
        connecte.get(adresse(dossier)),
        connecte.get(adresse(dossier, "ajouter/")),
        client.get(f"/adhesion/{jetons.jeton(lien.sel)}/"),
    ]
    for page in pages:
        assert not re.search(r'<[^>]+ style="|<script(?![^>]+src=)', page.text)

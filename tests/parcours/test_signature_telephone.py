"""A doctor without account signs annexe 3 on a phone, takes a certificate, and the équipe reads it; a list is imported on the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from adhesions.models import Adhesion
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Courriel
from indicateurs.demonstration.identites import personne
from tests.parcours.personne import TELEPHONE

PORTEUR = "porteur@occitanie.demo"
ENTETE = "RPPS;Nom;Prénom;Spécialité;Mode d’exercice;Courriel"

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def lien_recu(medecin) -> str:
    with comme_portail():
        texte = Courriel.objects.filter(destinataires=medecin.courriel).earliest("pk").texte
    return re.search(r"/adhesion/[\w-]+/", texte)[0]


def code_recu(medecin) -> str:
    with comme_portail():
        texte = Courriel.objects.filter(destinataires=medecin.courriel).latest("pk").texte
    return re.search(r"\b\d{6}\b", texte)[0]


def test_un_medecin_signe_depuis_son_telephone(gens, ouvrier, tmp_path):
    p = gens(PORTEUR)
    numero = ouvrir(p)
    medecins = [personne(rang) for rang in (801, 802)]
    liste = tmp_path / "liste.csv"
    lignes = [f"{m.rpps};{m.nom};{m.prenom};SM04;Libéral;{m.courriel}" for m in medecins]
    liste.write_text("\n".join((ENTETE, *lignes)), encoding="utf-8")
    p.aller(f"/dossiers/{numero}/adherents/")
    p.tenir_sur_un_telephone()
    p.aller(f"/dossiers/{numero}/adherents/importer/")
    p.tenir_sur_un_telephone()
    p.remplir(fichier=str(liste))
    p.cliquer("Voir ce qui va changer")
    expect(p.page.locator("main")).to_contain_text("Rien n’est encore enregistré")
    p.tenir_sur_un_telephone()
    p.cliquer("Appliquer la liste")
    expect(p.page.locator("body")).to_contain_text("2 ajouts")
    ouvrier()
    medecin = medecins[0]
    t = gens("", telephone=True)
    t.aller(lien_recu(medecin))
    assert t.page.viewport_size == TELEPHONE
    t.tenir_sur_un_telephone()
    t.page.get_by_role("button", name="Menu").click()
    expect(t.page.get_by_role("dialog", name="Menu")).to_be_visible()
    t.page.get_by_role("button", name="Fermer").click()
    expect(t.page.locator("main")).to_contain_text("CNIL")
    t.remplir(a_avis_ponctuel=True)
    t.cliquer("Signer mon adhésion")
    expect(t.page.locator("main")).to_contain_text("l’adhésion engage dans les deux missions")
    t.remplir(a_avis_ponctuel=True, a_second_recours=True)
    t.cliquer("Signer mon adhésion")
    t.tenir_sur_un_telephone()
    ouvrier()
    code = code_recu(medecin)
    t.remplir(code=f"{(int(code) + 1) % 1_000_000:06d}")
    t.cliquer("Signer mon adhésion")
    expect(t.page.locator("main")).to_contain_text("Ce code n’est pas le bon")
    t.remplir(code=code)
    t.cliquer("Signer mon adhésion")
    expect(t.page.locator("main")).to_contain_text("Votre adhésion est signée")
    t.tenir_sur_un_telephone()
    t.cliquer("Obtenir un certificat d’adhésion")
    expect(t.page.locator("main")).to_contain_text("en préparation")
    with t.page.expect_download() as recu:  # the page fetches it by itself: to leave before would be to race it
        ouvrier()
    assert Path(recu.value.path()).read_bytes().startswith(b"%PDF")
    assert t.telecharger(f"{lien_recu(medecin)}formulaire/", tmp_path / "f.pdf").stat().st_size > 10_000
    verifier(t, numero)
    with comme_portail():
        pk = Adhesion.objects.get(etat="signee").pk
    p.aller(f"/dossiers/{numero}/adherents/{pk}/")
    p.tenir_sur_un_telephone()
    expect(p.page.locator("main")).to_contain_text("Ce que nous savions")


def ouvrir(p) -> str:
    """A new dossier of cardiology, by its form."""
    p.aller("/dossiers/nouveau/")
    p.remplir(nom="ESS Cardiologie des Corbières", specialites="SM04", siege_departement="31")
    p.cliquer("Commencer la lettre")
    return re.search(r"/dossiers/([^/]+)/", p.page.url)[1]


def verifier(t, numero: str) -> None:
    """The certificate's code leads to what the portal issued, without a name."""
    with comme_portail():
        document = Document.objects.get(type="certificat_adhesion")
    t.aller(f"/verifier/{document.code_verification}/")
    expect(t.page.locator("main")).to_contain_text(numero)
    expect(t.page.locator("main")).to_contain_text("Certificat d’adhésion n°")

"""Whole journeys by the keyboard alone, second factor included: an équipe, an ARS, a caisse; the focus is seen at every stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import expect

from ess_portal.comptes.demonstration import MOT_DE_PASSE, SECRET_TOTP
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.socle import horloge
from financement.models import Contrat
from indicateurs.demonstration.identites import personne
from tests.fabriques import juger_tout, make_dossier, rendre_avis
from tests.parcours.clavier import Clavier
from tests.parcours.personne import Personne

PORTEUR, ARS, ORDONNATEUR = "porteur@occitanie.demo", "instructeur@ars-occitanie.demo", "ordonnateur@cpam-31.demo"
Clavistes = Callable[[str], Clavier]


def code() -> str:
    cache.clear()
    return format_hotp_value(hotp_value(SECRET_TOTP, int(horloge.temps_reel().timestamp()) // 30))


@pytest.fixture
def au_clavier(gens: Callable[..., Personne], settings) -> Iterator[Clavistes]:
    """Signs in by the keyboard, as in production: the password, then the code of the moment."""
    page = gens("").page
    settings.BAC_A_SABLE = False
    TOTP.activate(Utilisateur.objects.get(courriel=PORTEUR), SECRET_TOTP)
    ouverts: list[Clavier] = []

    def entrer(courriel: str) -> Clavier:
        page.goto(gens("").adresse + "/compte/login/")
        c = Clavier(page)
        ouverts.append(c)
        c.aller_au_contenu()
        c.ecrire("login", courriel)
        c.ecrire("password", MOT_DE_PASSE)
        c.suivre("main form button[type=submit]", "Se connecter")
        c.ecrire("code", code())
        c.suivre("main form button[type=submit]")
        return c

    yield entrer
    fautes = sorted(set().union(*(c.fautes for c in ouverts)))
    assert not fautes, "\n".join(fautes)


def test_l_equipe_ecrit_sa_lettre_et_un_message(au_clavier: Clavistes):
    c = au_clavier(PORTEUR)
    c.suivre("main a[href='/dossiers/nouveau/']")
    c.aller_au_contenu()
    c.ecrire("nom", "ESS Cardiologie au clavier")
    c.choisir("specialites", "SM04")
    c.choisir("siege_departement", "31")
    c.suivre("main button[type=submit]", "Commencer la lettre")
    c.ecrire("justification", "Deux secrétariats communs, une messagerie sécurisée en place.")
    for champ, valeur in (("prenom", "Claire"), ("nom", "Castelnau"), ("rpps", personne(1).rpps)):
        c.ecrire(f"porteur_1_{champ}", valeur)
    c.choisir("porteur_1_mode", "liberal")
    c.ecrire("porteur_1_commune", "Toulouse")
    c.suivre("main button[type=submit]", "Continuer")
    c.ecrire("besoin", "Quatre mois de délai pour un premier rendez-vous.")
    c.suivre("main button[type=submit]", "Continuer")
    numero = c.page.url.split("/dossiers/")[1].split("/")[0]
    # Back to its own dossier by the menu, to write to the ARS.
    c.suivre("header nav a[href='/dossiers/']")
    c.aller_au_contenu()
    c.suivre(f"main a[href='/dossiers/{numero}/']")
    c.aller_au_contenu()
    c.suivre(f"main a[href='/dossiers/{numero}/messages/']")
    c.aller_au_contenu()
    c.ecrire("texte", "Bonjour, la lettre est en cours d’écriture.")
    c.suivre("main button[type=submit]", "Envoyer le message")
    expect(c.page.locator("main")).to_contain_text("la lettre est en cours d’écriture")


def test_l_ars_filtre_sa_liste_ouvre_un_dossier_et_decide(au_clavier: Clavistes):
    d = make_dossier("lettre_deposee", maintenant=horloge.maintenant()).distribution
    juger_tout(d, "lettre")
    rendre_avis(d)
    c = au_clavier(ARS)
    c.suivre("header nav a[href='/dossiers/']")
    c.aller_au_contenu()
    c.ecrire("recherche", d.numero)
    with c.page.expect_response(lambda r: "recherche=" in r.url):
        c.page.keyboard.press("Enter")
    c.suivre(f"main a[href^='/dossiers/{d.numero}/']")
    c.aller_au_contenu()
    c.suivre(f"main a[href^='/dossiers/{d.numero}/actions/valider_lettre/']")
    c.aller_au_contenu()
    c.suivre("main button[type=submit]", "Valider la lettre")
    assert d.relire().statut == "lettre_validee"


def test_la_caisse_lit_et_signe_un_contrat(au_clavier: Clavistes):
    d = make_dossier("lettre_validee", maintenant=horloge.maintenant()).distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        contrat = Contrat.objects.get(dossier__numero=d.numero).pk
    c = au_clavier(ORDONNATEUR)
    c.suivre("header nav a[href='/dossiers/']")
    c.aller_au_contenu()
    c.suivre("main a[href*='onglet=tous']")
    c.suivre(f"main a[href^='/dossiers/{d.numero}/']")
    c.aller_au_contenu()
    c.suivre(f"main a[href='/dossiers/{d.numero}/contrats/']")
    c.aller_au_contenu()
    c.suivre(f"main a[href='/dossiers/{d.numero}/contrats/{contrat}/']")
    c.aller_au_contenu()
    c.ecrire("mot_de_passe", MOT_DE_PASSE)
    c.ecrire("code", code())
    c.cocher("main [name=lu]")
    c.suivre("main button[type=submit]", "Signer la version")
    expect(c.page.locator("body")).to_contain_text("Votre signature est enregistrée")

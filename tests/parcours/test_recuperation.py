"""In a browser: a recovery from its task to its last instalment, by the caisse's two people and the équipe (REC-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from ess_portal.socle import horloge
from tests.fabriques import client_de, make_dossier
from tests.parcours.personne import Personne

CAISSE, ORDONNATEUR = "instructeur@cpam-31.demo", "ordonnateur@cpam-31.demo"
Gens = Callable[..., Personne]


def test_de_la_tache_a_la_derniere_echeance(gens: Gens):
    caisse, ordonnateur = gens(CAISSE), gens(ORDONNATEUR)
    d = make_dossier("dotation_active", maintenant=horloge.maintenant() - timedelta(days=17)).distribution
    invitee = d.jour.isoformat()
    d.avancer(days=16)
    d.fait("signataire", "retirer_validation_projet", fondement="L242-2", contradictoire_le=invitee, motivation="Faux.")
    porteur = gens("", telephone=True)
    cookie = client_de(d.utilisateur("porteur")).cookies["sessionid"].value
    porteur.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": porteur.adresse}])
    versements, page = f"/dossiers/{d.numero}/versements/", f"/dossiers/{d.numero}/recuperations/R-{d.numero}-1/"

    caisse.aller(f"/dossiers/{d.numero}/")
    expect(caisse.page.locator("main")).to_contain_text("Ouvrir la procédure de récupération")
    caisse.aller(versements)
    caisse.presser(caisse.page.get_by_role("link", name="Ouvrir une procédure de récupération"))
    caisse.remplir(motif="Le comptage des adhérents était faux.")
    caisse.cliquer("Voir la lettre")
    expect(caisse.page.locator("main")).to_contain_text("Il est envisagé de vous demander 40\u00a0000,00\u00a0€.")
    caisse.cliquer("Ouvrir une procédure de récupération")

    porteur.aller(page)
    porteur.tenir_sur_un_telephone()
    expect(porteur.page.locator("main")).to_contain_text("Rien n’est à payer à ce stade.")
    porteur.agir(d.numero, "presenter_observations", texte="Le comptage a été corrigé.", est_complete=True)
    ordonnateur.agir(d.numero, "decider_recuperation", sens="partie", montant="30000", motivation="Une part a servi.")
    premiere = f"{horloge.aujourdhui() + timedelta(days=30):%d/%m/%Y}"
    ordonnateur.agir(d.numero, "echelonner_recuperation", nombre="2", premiere=premiere)

    porteur.aller(page)
    expect(porteur.page.locator("#echeances")).to_contain_text("15\u00a0000,00\u00a0€")
    porteur.tenir_sur_un_telephone()
    for rang in (1, 2):
        recu = f"{horloge.aujourdhui():%d/%m/%Y}"
        caisse.agir(d.numero, "enregistrer_remboursement", montant="15000", recu_le=recu, reference=f"VIR-{rang}")
        ordonnateur.aller(f"/dossiers/{d.numero}/actions/confirmer_mouvement/")
        choix = ordonnateur.page.locator("main select[name=mouvement] option[value]:not([value=''])").first
        ordonnateur.agir(d.numero, "confirmer_mouvement", mouvement=choix.get_attribute("value"))
    porteur.aller(page)
    expect(porteur.page.locator("main")).to_contain_text("Il ne reste rien à rembourser.")
    ordonnateur.aller("/recuperations/?onglet=soldee")
    ordonnateur.tenir_sur_un_telephone()
    expect(ordonnateur.page.locator("main")).to_contain_text(f"R-{d.numero}-1")

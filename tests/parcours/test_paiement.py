"""In a browser: an account changed on a phone freezes the payment, two people pay, the bank's file leaves, its return comes (FIN-11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lxml import etree
from playwright.sync_api import expect

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Courriel
from ess_portal.socle import horloge
from financement.models import Versement
from financement.regles.virement import ouvre_suivant
from indicateurs.demonstration.fichiers import octets
from tests.fabriques import Distribution, client_de, make_dossier, numero_iban, numero_siren
from tests.parcours.personne import Personne

CAISSE, ORDONNATEUR = "instructeur@cpam-31.demo", "ordonnateur@cpam-31.demo"
IBAN_CAISSE, BIC = "FR7610107001011234567890129", "BREDFRPPXXX"
ANCIEN, NOUVEAU = numero_iban(880_001), numero_iban(880_002)
Gens = Callable[..., Personne]


def test_de_l_iban_change_au_retour_de_la_banque(gens: Gens, ouvrier: Callable[[], None], tmp_path: Path):
    un_jour_ou_les_banques_reglent()
    d = dossier_paye_sur_un_compte()
    versements = f"/dossiers/{d.numero}/versements/"
    porteur, caisse, ordonnateur = de_l_equipe(gens, d), gens(CAISSE), gens(ORDONNATEUR)
    iban_change(porteur, caisse, d, ouvrier)

    # The ordonnateur proposes by mistake: what he proposed, another validates.
    ordonnateur.agir(d.numero, "proposer_versement", nature="amorcage_1")
    ordonnateur.aller(versements)
    expect(ordonnateur.page.locator("main")).to_contain_text(
        "Vous avez proposé ce versement\u00a0: une autre personne de la caisse le valide."
    )
    refuser(ordonnateur, d.numero, "valider_versement", "une autre personne de la caisse le valide")
    ordonnateur.agir(d.numero, "annuler_versement", motif="Proposé par la mauvaise personne.")
    caisse.agir(d.numero, "proposer_versement", nature="amorcage_1")
    refuser(ordonnateur, d.numero, "valider_versement", "IBAN")

    confirmer(caisse, versements, "Confirmer l’IBAN", verification=True)
    expect(porteur.aller(versements).locator("#iban")).to_contain_text("IBAN confirmé par une seconde personne")
    confirmer(ordonnateur, versements, "Valider le versement")
    ouvrier()
    lot = ordonner(caisse, ordonnateur, tmp_path)
    rapprocher(caisse, lot, tmp_path)
    ouvrier()
    porteur.aller(versements)
    porteur.tenir_sur_un_telephone()
    expect(porteur.page.locator("main")).to_contain_text("Versé")


def un_jour_ou_les_banques_reglent() -> None:
    """The next one: the batch leaves and comes back on the day of the test, whatever the day on which the test runs."""
    jour = horloge.aujourdhui()
    horloge.regler(horloge.maintenant() + (ouvre_suivant(jour) - jour))


def dossier_paye_sur_un_compte() -> Distribution:
    """A contract signed by three, an association, an account already confirmed."""
    hier = horloge.maintenant() - timedelta(days=1)
    d = make_dossier("amorcage_signe", maintenant=hier).distribution
    association = {"nom": "Association du parcours", "siren": numero_siren(880_003), "representant": "Claire Castelnau"}
    d.fait("porteur", "declarer_association", type="loi_1901", **association)
    d.fait("porteur", "enregistrer_iban", iban=ANCIEN, titulaire="Association du parcours")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    return d


def de_l_equipe(gens: Gens, d: Distribution) -> Personne:
    porteur = gens("", telephone=True)
    cookie = client_de(d.utilisateur("porteur")).cookies["sessionid"].value
    porteur.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": porteur.adresse}])
    return porteur


def iban_change(porteur: Personne, caisse: Personne, d: Distribution, ouvrier: Callable[[], None]) -> None:
    """From a phone; the holder is told at the address he had, and the caisse sees that nothing is paid before a second person."""
    rib = {"name": "rib.pdf", "mimeType": "application/pdf", "buffer": octets("rib.pdf")}
    porteur.agir(d.numero, "enregistrer_iban", iban=NOUVEAU, titulaire="Association du parcours", rib=rib)
    porteur.aller(f"/dossiers/{d.numero}/versements/")
    porteur.tenir_sur_un_telephone()
    expect(porteur.page.locator("#iban")).to_contain_text("Aucun versement n’est validé avant sa confirmation.")
    ouvrier()
    with comme_portail():
        avis = Courriel.objects.get(destinataires=d.utilisateur("porteur").courriel, sujet__contains="IBAN remplacé")
    assert ANCIEN not in avis.texte
    assert NOUVEAU not in avis.texte
    caisse.aller(f"/dossiers/{d.numero}/versements/")
    expect(caisse.page.locator("#iban")).to_contain_text("IBAN à confirmer par une seconde personne")


def refuser(p: Personne, numero: str, acte: str, phrase: str) -> None:
    """The act sent all the same, with one's identity: a sentence, and the same page."""
    with comme_portail():
        avant = Versement.objects.values_list("pk", "statut").order_by("pk").last()
    p.aller(f"/dossiers/{numero}/actions/{acte}/")
    p.identite()
    p.presser(p.page.locator("main form").last.locator("button[type=submit]").first)
    expect(p.page.locator("main")).to_contain_text(phrase)
    with comme_portail():
        assert Versement.objects.values_list("pk", "statut").order_by("pk").last() == avant


def confirmer(p: Personne, chemin: str, bouton: str, **champs: object) -> None:
    """On the page itself: read, password and code, pressed."""
    p.aller(chemin)
    p.remplir(**champs)
    p.identite()
    p.cliquer(bouton)


def ordonner(caisse: Personne, ordonnateur: Personne, vers: Path) -> str:
    """The account of the caisse, then the batch: each typed by one and confirmed by another. Gives the batch's page."""
    caisse.aller("/lots/compte/")
    caisse.remplir(titulaire="CPAM de la Haute-Garonne", iban=IBAN_CAISSE, bic=BIC)
    caisse.cliquer("Enregistrer le compte")
    expect(caisse.page.locator("main")).to_contain_text("une autre personne de la caisse le confirme")
    confirmer(ordonnateur, "/lots/compte/", "Confirmer le compte")
    caisse.aller("/lots/")
    caisse.tenir_sur_un_telephone()
    caisse.remplir(date_execution=f"{horloge.aujourdhui():%d/%m/%Y}")
    caisse.cliquer("Préparer le lot")
    lot = caisse.page.url.removeprefix(caisse.adresse)
    caisse.tenir_sur_un_telephone()
    expect(caisse.page.get_by_role("button", name="Valider le lot")).to_have_count(0)
    confirmer(ordonnateur, lot, "Valider le lot")
    virements = etree.parse(caisse.telecharger(f"{lot}virement.xml", vers / "virement.xml"))
    lus = {x.text for x in virements.iter("{*}IBAN", "{*}InstdAmt")}
    assert lus == {IBAN_CAISSE, NOUVEAU, "40000.00"}
    return lot


def rapprocher(caisse: Personne, lot: str, vers: Path) -> None:
    """The bank's table of the day: imported, read against the order, confirmed by a person."""
    with comme_portail():
        reference = Versement.objects.get(statut="valide").numero
    tableau = vers / "retour.csv"
    tableau.write_text(
        f"reference;montant;date\n{reference};40000,00;{horloge.aujourdhui():%d/%m/%Y}\n", encoding="utf-8"
    )
    caisse.aller("/rapprochement/")
    caisse.remplir(fichier=str(tableau), compte=IBAN_CAISSE)
    caisse.cliquer("Importer le fichier")
    caisse.tenir_sur_un_telephone()
    expect(caisse.page.locator("#ecarts")).to_have_text("0\u00a0écart")
    expect(caisse.page.locator("#accords")).to_contain_text("40\u00a0000,00\u00a0€")
    caisse.cliquer("Confirmer le rapprochement")
    expect(caisse.aller(lot).locator("main")).to_contain_text("1 payé")

"""The whole life of one dossier in a browser: porteur, ARS, caisse and administrator, from the letter to the first dotation."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from adhesions.models import LienSignature
from adhesions.services import ajouter_adherent, deposer_formulaire
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.session import acteur_de
from ess_portal.documents.controle.parent import verdicts_retenus
from ess_portal.documents.models import Document
from ess_portal.journal.models import Courriel
from ess_portal.socle import horloge
from financement.models import Contrat
from indicateurs.demonstration.fichiers import fichier, octets
from indicateurs.demonstration.identites import finess, iban, personne, rna, siren
from tests.parcours.personne import Personne

PORTEUR, ARS, SIGNATAIRE = "porteur@occitanie.demo", "instructeur@ars-occitanie.demo", "signataire@ars-occitanie.demo"
CAISSE, ORDONNATEUR, ADMIN = "instructeur@cpam-31.demo", "ordonnateur@cpam-31.demo", "admin@occitanie.demo"
PARTIES = (PORTEUR, SIGNATAIRE, ORDONNATEUR)
Gens = Callable[..., Personne]


def pdf(nom: str) -> dict[str, object]:
    return {"name": nom, "mimeType": "application/pdf", "buffer": octets(nom)}


def test_de_la_lettre_a_la_dotation(gens: Gens, ouvrier: Callable[[], None], tmp_path: Path):
    numero = ecrire_et_deposer_la_lettre(gens(PORTEUR))
    ouvrier()
    expect(gens(PORTEUR).aller(f"/dossiers/{numero}/").locator("main")).to_contain_text("réputée validée")
    gens(PORTEUR).tenir_sur_un_telephone()
    gens(PORTEUR).tenir_sans_script()
    gens(CAISSE).agir(numero, "rendre_avis", sens="favorable")
    validation_tacite(gens, ouvrier, numero, tmp_path)
    contrat_signe_par_trois(gens, ouvrier, numero, "amorcage", ARS)
    association_et_iban(gens, ouvrier, numero)
    payer(gens, ouvrier, numero, "amorcage_1", "40 000")
    projet_valide_expressement(gens, ouvrier, numero)
    activite_et_solde(gens, ouvrier, numero)
    gens(ARS).agir(numero, "attribuer_finess", finess=finess("31", 7), finess_le=aujourdhui())
    dotation(gens, ouvrier, numero, tmp_path)


def ecrire_et_deposer_la_lettre(p: Personne) -> str:
    """Seven steps, the recap, the filing; gives the dossier's number."""
    p.tenir_sur_un_telephone()
    p.aller("/dossiers/nouveau/")
    p.remplir(nom="ESS Cardiologie du parcours", specialites="SM04", siege_departement="31")
    p.cliquer("Commencer la lettre")
    numero = re.search(r"/dossiers/([^/]+)/", p.page.url)[1]
    base = f"/dossiers/{numero}/lettre"
    p.aller(f"{base}/porteurs/")
    p.tenir_sur_un_telephone()
    p.remplir(
        justification="Deux secrétariats communs, une messagerie sécurisée en place.",
        porteur_1_prenom="Claire",
        porteur_1_nom="Castelnau",
        porteur_1_rpps=personne(1).rpps,
        porteur_1_mode="liberal",
        porteur_1_commune="Toulouse",
    )
    p.cliquer("Continuer")
    p.remplir(besoin="Quatre mois de délai pour un premier rendez-vous.")
    p.cliquer("Continuer")
    p.tenir_sur_un_telephone()
    p.remplir(
        departements=["31"],
        siege_commune="Toulouse",
        caisse_choisie="cpam-de-la-haute-garonne",
        medecins_presents=60,
        liberaux=40,
        adherents_declares=12,
        source_comptage="Annuaire santé",
        date_comptage="02/03/2026",
    )
    p.cliquer("Continuer")
    p.remplir(premier_recours="Deux CPTS associées.", etablissements="Convention avec le centre hospitalier.")
    p.cliquer("Continuer")
    p.remplir(deliberatives="Les cardiologues libéraux.", association="a_creer")
    p.cliquer("Continuer")
    p.remplir(avis_ponctuel="Téléexpertise sous 72 heures.", second_recours="Filière graduée avec l’hôpital.")
    p.cliquer("Continuer")
    p.remplir(fichier=pdf("etude-opportunite.pdf"), libelle="Étude d’opportunité")
    p.cliquer("Joindre le fichier")
    p.cliquer("Aller au récapitulatif")
    p.tenir_sur_un_telephone()
    p.remplir(confirmation=True)
    p.cliquer("Déposer la lettre d’intention")
    assert statut(numero) == "lettre_deposee"
    return numero


def validation_tacite(gens: Gens, ouvrier: Callable[[], None], numero: str, dossier: Path) -> None:
    """Two months pass by the administrator's clock: silence validates, the attestation is asked for and read."""
    admin = gens(ADMIN)
    for pas in ("Avancer d’un mois", "Avancer d’un mois", "Avancer d’un jour"):
        admin.aller("/administration/horloge/")
        admin.cliquer(pas)
    expect(admin.page.locator("main")).to_contain_text(numero)
    assert statut(numero) == "lettre_validee"
    gens(PORTEUR).agir(numero, "demander_attestation")
    ouvrier()
    texte = lire_pdf(gens(PORTEUR), numero, "attestation_tacite", dossier)
    assert numero in texte
    assert "implicite" in texte.lower()


def contrat_signe_par_trois(gens: Gens, ouvrier: Callable[[], None], numero: str, type_: str, propose: str) -> None:
    """Proposed by an agent, read and signed by the three parties on the contract's page."""
    gens(propose).agir(numero, f"proposer_contrat_{type_}")
    ouvrier()
    for rang, courriel in enumerate(PARTIES):
        p = gens(courriel)
        p.aller(f"/dossiers/{numero}/contrats/")
        p.aller(f"/dossiers/{numero}/contrats/{en_signature(numero)}/")
        if rang == 0:
            p.tenir_sur_un_telephone()
        p.identite()
        p.remplir(lu=True)
        p.cliquer("Signer la version")
        expect(p.page.locator("body")).to_contain_text("Votre signature est enregistrée")
    ouvrier()


def en_signature(numero: str) -> int:
    with comme_portail():
        return Contrat.objects.get(dossier__numero=numero, statut=Contrat.Statut.PROPOSE).pk


def association_et_iban(gens: Gens, ouvrier: Callable[[], None], numero: str) -> None:
    """The legal person, then its account, which a second person confirms."""
    gens(PORTEUR).agir(
        numero,
        "declarer_association",
        type="loi_1901",
        nom="Association du parcours",
        rna=rna("31", 3),
        siren=siren(3),
        date_declaration=aujourdhui(),
        representant="Claire Castelnau, présidente",
        statuts=pdf("statuts.pdf"),
    )
    gens(PORTEUR).agir(
        numero, "enregistrer_iban", iban=iban(3), titulaire="Association du parcours", rib=pdf("rib.pdf")
    )
    ouvrier()
    gens(CAISSE).agir(numero, "confirmer_iban", verification=True)


def payer(gens: Gens, ouvrier: Callable[[], None], numero: str, nature: str, montant: str) -> None:
    """Proposed by one, validated by another, paid; the amount comes from the rules and stands on the équipe's page."""
    gens(CAISSE).agir(numero, "proposer_versement", nature=nature)
    gens(ORDONNATEUR).agir(numero, "valider_versement")
    ouvrier()
    gens(CAISSE).agir(numero, "marquer_paye", reference=f"VIR-{nature}")
    page = gens(PORTEUR).aller(f"/dossiers/{numero}/versements/")
    expect(page.locator("main")).to_contain_text(montant)
    gens(PORTEUR).tenir_sur_un_telephone()


def projet_valide_expressement(gens: Gens, ouvrier: Callable[[], None], numero: str) -> None:
    """Adhérents first, then six sections and the deployment document; the caisse's avis, the criteria, the ARS's decision."""
    adherer(gens, ouvrier, numero)
    p = gens(PORTEUR)
    p.aller(f"/dossiers/{numero}/projet/diagnostic/")
    p.tenir_sur_un_telephone()
    p.remplir(diagnostic="Un départ sur trois n’est pas remplacé.")
    p.cliquer("Continuer")
    p.remplir(
        missions="Avis ponctuels et filière graduée.",
        contact_nom="Secrétariat",
        contact_telephone="05 00 00 00 00",
        contact_horaires="De 9 h à 18 h",
    )
    p.cliquer("Continuer")
    p.remplir(indicateurs_suivi="Les cinq indicateurs nationaux.", qualitatif_1="Satisfaction des médecins traitants")
    p.cliquer("Continuer")
    p.remplir(gouvernance="Un conseil élu.")
    p.cliquer("Continuer")
    p.remplir(actualisation="Relu chaque année.")
    p.cliquer("Continuer")
    p.remplir(fichier=pdf("modalites-de-deploiement.pdf"))
    p.cliquer("Joindre le fichier")
    ouvrier()
    p.agir(numero, "deposer_projet", confirmation=True)
    gens(CAISSE).agir(numero, "rendre_avis", sens="favorable")
    ars = gens(ARS)
    ars.aller(f"/dossiers/{numero}/")
    ars.tenir_sur_un_telephone()
    for critere in ("2", "3", "5", "7"):
        ligne = ars.page.locator(f"#critere-{critere}")
        ligne.locator(".ess-juger > summary").click()
        ligne.locator("input[value=conforme]").check(force=True)
        ars.presser(ligne.get_by_role("button", name="Enregistrer le jugement"))
    ars.agir(numero, "valider_projet")
    assert statut(numero) == "projet_valide"


def adherer(gens: Gens, ouvrier: Callable[[], None], numero: str) -> None:
    """One by the personal link on a phone, ten by their signed forms."""
    p, medecin = gens(PORTEUR), personne(100)
    p.aller(f"/dossiers/{numero}/adherents/ajouter/")
    p.remplir(
        rpps=medecin.rpps,
        nom=medecin.nom,
        prenom=medecin.prenom,
        specialite="SM04",
        mode="liberal",
        courriel=medecin.courriel,
    )
    p.cliquer("Ajouter l’adhérent")
    expect(p.page.locator("body")).to_contain_text("L’adhérent est ajouté")
    ouvrier()
    with comme_portail():
        invitation = Courriel.objects.filter(destinataires=medecin.courriel).latest("pk").texte
    telephone = gens("", telephone=True)
    telephone.aller(re.search(r"/adhesion/[\w-]+/", invitation)[0])
    telephone.tenir_sur_un_telephone()
    telephone.remplir(a_avis_ponctuel=True, a_second_recours=True)
    telephone.cliquer("Signer mon adhésion")
    ouvrier()
    with comme_portail():
        courriel = Courriel.objects.filter(destinataires=medecin.courriel).latest("pk").texte
    telephone.remplir(code=re.search(r"\b\d{3}\s?\d{3}\b", courriel)[0])
    telephone.cliquer("Signer mon adhésion")
    expect(telephone.page.locator("main")).to_contain_text("Votre adhésion est signée")
    par_formulaires(numero, 10)
    ouvrier()
    expect(p.aller(f"/dossiers/{numero}/adherents/").locator("main")).to_contain_text("11")
    p.tenir_sur_un_telephone()
    with comme_portail():
        assert LienSignature.objects.filter(utilise_le__isnull=False).count() == 1


def par_formulaires(numero: str, nombre: int) -> None:
    """By the service: ten identical pages would show nothing more."""
    rattachement = Rattachement.objects.select_related("organisation", "utilisateur").get(utilisateur__courriel=PORTEUR)
    acteur = acteur_de(rattachement)
    horloge.charger()
    commun = {"numero": numero, "acteur": acteur, "maintenant": horloge.maintenant()}
    jour = horloge.aujourdhui()
    with verdicts_retenus(), contexte(acteur):
        for rang in range(nombre):
            m = personne(200 + rang)
            adhesion = ajouter_adherent(
                rpps=m.rpps,
                nom=m.nom,
                prenom=m.prenom,
                specialite="SM04",
                mode="liberal",
                departements=["31"],
                **commun,
            )
            formulaire = fichier("formulaire-adhesion.pdf")
            deposer_formulaire(adhesion=adhesion.pk, fichier=formulaire, date_signature=jour, **commun)


def activite_et_solde(gens: Gens, ouvrier: Callable[[], None], numero: str) -> None:
    gens(PORTEUR).agir(
        numero,
        "declarer_activite",
        type="avis_ponctuel",
        description="27 avis rendus.",
        date_deploiement=aujourdhui(),
        preuve=pdf("releve-d-activite.pdf"),
    )
    ouvrier()
    caisse = gens(CAISSE)
    caisse.aller(f"/dossiers/{numero}/actions/examiner_activite/")
    caisse.page.locator("main [name=activite]").first.check(force=True)
    caisse.remplir(accord="oui")
    caisse.presser(caisse.page.locator("main form").last.locator("button[type=submit]").first)
    payer(gens, ouvrier, numero, "amorcage_2", "40 000")


def dotation(gens: Gens, ouvrier: Callable[[], None], numero: str, dossier: Path) -> None:
    """Eleven doctors: 50 000 + 50 000 / 90, to the cent."""
    contrat_signe_par_trois(gens, ouvrier, numero, "dotation", CAISSE)
    assert statut(numero) == "dotation_active"
    payer(gens, ouvrier, numero, "dotation", "50 555,56")
    assert "11 médecins" in lire_pdf(gens(PORTEUR), numero, "contrat_dotation", dossier)
    assert "40 000" in lire_pdf(gens(ORDONNATEUR), numero, "ordre_versement", dossier)
    page = gens(PORTEUR).aller(f"/dossiers/{numero}/documents/")
    expect(page.locator("main a[href*='/documents/']").first).to_be_visible()
    for courriel in (PORTEUR, ARS, CAISSE):
        gens(courriel).aller(f"/dossiers/{numero}/")
        gens(courriel).tenir_sur_un_telephone()


def statut(numero: str) -> str:
    with comme_portail():
        return Dossier.objects.get(numero=numero).statut


def aujourdhui() -> str:
    horloge.charger()
    return f"{horloge.aujourdhui():%d/%m/%Y}"


def lire_pdf(p: Personne, numero: str, type_: str, dossier: Path) -> str:
    """The text of a document, downloaded as this person and read by pdftotext."""
    with comme_portail():
        document = (
            Document.objects.filter(dossier__numero=numero, type=type_, etat="produit").order_by("cree_le").first()
        )
    fichier_pdf = p.telecharger(f"/documents/{document.pk}/", dossier / f"{type_}.pdf")
    assert fichier_pdf.read_bytes().startswith(b"%PDF")
    texte = subprocess.run(
        ["pdftotext", "-layout", fichier_pdf, "-"], capture_output=True, check=True, text=True
    ).stdout
    return texte.replace("\u00a0", " ")

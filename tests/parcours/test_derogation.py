"""In a browser: an ARS records a dérogation and the check lifts; the équipe keeps its register, the ARS its strategy."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from ess_portal.socle import horloge
from indicateurs.demonstration.fichiers import octets
from tests.fabriques import client_de, juger_tout, make_dossier
from tests.parcours.personne import Personne

ARS, CAISSE = "instructeur@ars-occitanie.demo", "instructeur@cpam-31.demo"
Gens = Callable[..., Personne]


def pdf(nom: str) -> dict[str, object]:
    return {"name": nom, "mimeType": "application/pdf", "buffer": octets(nom)}


def test_l_ars_enregistre_une_derogation_et_le_controle_se_leve(gens: Gens):
    ars, maintenant = gens(ARS), horloge.maintenant()
    petits = {"medecins_presents": "8", "liberaux": "8", "adherents_declares": "3"}
    d = make_dossier("lettre_deposee", maintenant=maintenant, **petits).distribution
    juger_tout(d, "lettre")
    base, jour = f"/dossiers/{d.numero}", f"{d.jour:%d/%m/%Y}"
    ars.aller(f"{base}/actions/valider_lettre/")
    expect(ars.page.locator("main")).to_contain_text("Dix médecins présents\u00a0: 8 médecins")
    ars.aller(f"{base}/derogations/")
    ars.tenir_sur_un_telephone()
    ars.agir(
        d.numero, "enregistrer_derogation", portee=["CRI-1d"], fondement="circonstances", motif="Territoire peu dense.",
        demandee_le=jour, issue="accordee", session_le=jour, reference="CPN-2026-7", document=pdf("complement.pdf"),
    )  # fmt: skip
    ars.aller(f"{base}/derogations/")
    expect(ars.page.locator("main")).to_contain_text("CPN-2026-7")
    ars.aller(f"{base}/grille/")
    ars.tenir_sur_un_telephone()
    expect(ars.page.locator("#critere-1d")).to_contain_text("Dérogation de la CPN en vigueur")
    ars.aller(f"{base}/actions/valider_lettre/")
    ars.cliquer("Valider la lettre")
    expect(ars.page.locator("main")).to_contain_text("Grille figée le")


def test_le_registre_la_mission_et_la_strategie(gens: Gens):
    ars, caisse, maintenant = gens(ARS), gens(CAISSE), horloge.maintenant()
    d = make_dossier("lettre_validee", maintenant=maintenant).distribution
    base, jour = f"/dossiers/{d.numero}", f"{d.jour:%d/%m/%Y}"
    cookie = client_de(d.utilisateur("porteur")).cookies["sessionid"].value
    porteur = gens("", telephone=True)
    porteur.page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": porteur.adresse}])
    porteur.agir(d.numero, "creer_instance", type="bureau", nom="Bureau", creee_le=jour)
    siege = {
        "nom": "Anne Vidal",
        "fonction": "Trésorière",
        "nature": "personne",
        "profession": "medecin",
        "mode": "liberal",
    }
    porteur.aller(f"{base}/actions/ajouter_siege/")
    porteur.tenir_sur_un_telephone()
    porteur.remplir(specialite="SM54", voix="deliberative", debut=jour, **siege)
    porteur.page.locator("main [name=instance]").first.check(force=True)
    porteur.presser(porteur.page.locator("main form").last.locator("button[type=submit]").first)
    expect(porteur.page.locator("#id_voix-erreur, [id$=voix-erreur]").first).to_contain_text("généraliste")
    porteur.remplir(voix="consultative")
    porteur.presser(porteur.page.locator("main form").last.locator("button[type=submit]").first)
    porteur.agir(
        d.numero, "enregistrer_consultation", tenue_le=jour, forme="reunion", objet="Parcours gradués", acteurs="Deux CPTS.",
        preuve=pdf("complement.pdf"),
    )  # fmt: skip
    porteur.agir(d.numero, "ajouter_cooperation", type="hopital", partenaire="CHU", objet="Filière.", debut=jour)
    porteur.agir(
        d.numero, "actualiser_mission", valide_du=jour, contact_nom="Secrétariat", telephone="05 61 00 00 00",
        courriel="contact@exemple.fr", horaires="9 h à 18 h", delai_teleexpertise="3", objectif_internes="Deux par an.",
    )  # fmt: skip
    for page in ("gouvernance", "mission", "grille", "derogations"):
        porteur.aller(f"{base}/{page}/")
        porteur.tenir_sur_un_telephone()
        caisse.aller(f"{base}/{page}/")
    expect(caisse.page.locator("main")).to_contain_text("Aucune dérogation")
    ars.aller("/strategies/")
    ars.tenir_sur_un_telephone()
    ars.aller("/strategies/nouvelle/")
    ars.tenir_sur_un_telephone()
    ars.remplir(titre="PRS 2023–2028", debut="01/11/2023", groupes=["cardiologie"], orientations="Le second recours.")
    ars.cliquer("Enregistrer")
    ars.aller(f"{base}/grille/lettre/CRI-7/")
    ars.tenir_sur_un_telephone()
    expect(ars.page.locator("main")).to_contain_text("priorité Cardiologie")

"""A porteur finds a colleague in the directory as he types, by keyboard, on a phone too; the administrator reads the imports."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from adhesions.annuaire import importer_annuaire
from adhesions.models import Adhesion
from dossiers.services.creation import creer_dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge
from tests.outillage.accessibilite import violations
from tests.outillage.annuaire import ENTETE, Personne, rpps

pytestmark = pytest.mark.navigateur
AUCH = ("L", "SA07", "32000", "32013", "AUCH", "32", "CABINET DU FOIRAIL")
GENS = (
    Personne(rpps(1), "ROQUES", "CAMILLE", civilite="PR", activites=(AUCH,)),
    Personne(rpps(2), "ROQUELAURE", "ANAÏS"),
    Personne(rpps(3), "ROQUEMAURE", "LUC", specialite="SM99"),
)


@pytest.fixture
def dossier(gens, tmp_path) -> str:
    """A draft of the sandbox's équipe, and a directory of two."""
    maintenant = horloge.maintenant()
    fichier = tmp_path / f"PS_LibreAcces_Personne_activite_{maintenant:%Y%m%d}0100.txt"
    fichier.write_text("\n".join([ENTETE, *(ligne for p in GENS for ligne in p.lignes()), ""]))
    importer_annuaire(fichier, maintenant=maintenant)
    acteur = Rattachement.objects.get(utilisateur__courriel="porteur@occitanie.demo").acteur()
    with contexte(acteur):
        return creer_dossier(
            nom="ESS Cardiologie Gers",
            specialites=["SM04"],
            siege_departement="32",
            acteur=acteur,
            maintenant=maintenant,
        ).numero


@pytest.mark.parametrize("telephone", [False, True])
def test_trouver_un_confrere_au_clavier(gens, dossier, telephone):
    porteur = gens("porteur@occitanie.demo", telephone=telephone)
    page = porteur.aller(f"/dossiers/{dossier}/adherents/ajouter/")
    recherche = page.get_by_role("combobox", name="Nom ou numéro RPPS")
    recherche.press_sequentially("roqu", delay=20)
    liste = page.get_by_role("listbox", name="Professionnels trouvés")
    expect(liste.get_by_role("option")).to_have_count(2)
    expect(recherche).to_have_attribute("aria-expanded", "true")
    porteur.fautes += [f"liste ouverte : {faute}" for faute in violations(page, contraste=True)]
    recherche.press("ArrowDown")
    recherche.press("ArrowDown")
    expect(liste.get_by_role("option", selected=True)).to_contain_text("Pr Camille Roques")
    recherche.press("Escape")
    expect(liste).to_be_hidden()
    recherche.press("ArrowDown")
    recherche.press("ArrowDown")
    recherche.press("Enter")
    expect(page.locator("#choisie")).to_be_focused()
    expect(page.locator("[name=rpps]")).to_have_value(rpps(1))
    expect(page.locator("[name=mode][value=liberal]")).to_be_checked()
    expect(page.locator("[name=departements][value='32']")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    porteur.remplir(courriel="camille@exemple.fr")
    porteur.cliquer("Ajouter l’adhérent")
    expect(page.get_by_text("L’adhérent est ajouté.")).to_be_visible()
    with comme_portail():
        assert Adhesion.objects.get().professionnel.rpps == rpps(1)


def test_l_administrateur_lit_les_rejets(gens, dossier):
    admin = gens("national@demo")
    page = admin.aller("/administration/annuaire/")
    admin.tenir_sur_un_telephone()
    page.get_by_role("link", name="1 ligne rejetée de l’extrait").click()
    admin.regarder()
    expect(page.get_by_text("Code lu\u00a0: SM99")).to_be_visible()

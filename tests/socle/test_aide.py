"""The guides: every page that one may fill in has its section, every section is written, every picture is there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from ess_portal.aide.guides import GUIDE_DE, GUIDES, SECTIONS_DES_ACTES, section
from ess_portal.comptes.roles import Role
from ess_portal.publiques import PUBLIQUES
from tests.fabriques import client_de, make_utilisateur
from tests.matrice.adresses import ADRESSES
from tests.outillage.photos import IMAGES, PHOTOS, connus

pytestmark = pytest.mark.django_db
# Files, answers to a button, fragments, and the pages that are themselves an explanation.
SANS_AIDE = {
    "sante", "aide", "aide_guide", "accessibilite", "mentions_legales", "donnees_personnelles", "invitation", "document", "piece",
    "changer_organisation", "notification_lue", "notifications_lues", "calendrier_revoquer", "calendrier_ics", "jeton_revoquer",
    "absence_annuler", "annuaire_recherche", "annuaire_rejets_csv", "adherent_certificat", "adherents_exporter", "personne_donnees",
    "adhesion_certificat", "adhesion_formulaire", "clausier_apercu_pdf", "clausier_apercu_word", "contrat_word", "lot_fichier",
    "dotation_exporter", "comptes_exporter", "export_fichier", "budget_exporter",
}  # fmt: skip


def test_chaque_page_a_sa_section_dans_le_guide_de_qui_l_ouvre():
    manquent = {
        (a.nom, GUIDE_DE[role])
        for a in ADRESSES
        if not a.est_api and a.nom not in SANS_AIDE | PUBLIQUES and not a.nom.startswith(("account_", "mfa_"))
        for role in a.roles
        if not section(a.nom, GUIDE_DE[role], dict(a.fixes).get("nom", ""))
    }
    assert manquent == set()
    assert set(GUIDE_DE) == set(Role) - {Role.SYSTEME}


@pytest.mark.parametrize("nom", GUIDES)
def test_chaque_section_est_ecrite_et_chaque_image_est_la(nom):
    page = Client().get(reverse("aide_guide", args=[nom])).content.decode()
    assert re.findall(r'<section class="ess-rubrique" id="(\w+)"', page) == list(GUIDES[nom].sections)
    montrees = set(re.findall(r"ess/guide/([\w-]+)\.webp", page))
    assert montrees == {p.nom for p in PHOTOS if p.nom.startswith(f"{nom}-")}
    assert montrees <= set(connus())
    assert all((IMAGES / f"{image}.webp").stat().st_size > 5_000 for image in montrees)


def test_les_sections_des_actes_existent():
    toutes = {nom for guide in GUIDES.values() for nom in guide.sections}
    assert {nom for sections in SECTIONS_DES_ACTES.values() for nom in sections} <= toutes


def test_une_page_mene_a_sa_section_et_un_guide_inconnu_n_existe_pas():
    ars = client_de(make_utilisateur(Role.ARS_INSTRUCTEUR))
    assert "/aide/ars/#journee" in ars.get("/dossiers/").content.decode()
    assert "/aide/medecin/#simuler" in Client().get("/simulateurs/").content.decode()
    assert "Votre guide" in ars.get("/aide/").content.decode()
    assert Client().get("/aide/inconnu/").status_code == 404

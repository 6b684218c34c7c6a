"""A porteur draws a territory: by keyboard on the map, in the list without script, and learns that somebody is there already."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Browser, expect

from ess_portal.socle import horloge
from tests.fabriques import make_adherents, make_dossier
from tests.parcours.personne import Personne

PORTEUR, ARS = "porteur@occitanie.demo", "instructeur@ars-occitanie.demo"
Gens = Callable[..., Personne]


def voisine() -> None:
    """A letter on the next département, filed yesterday: instructed, whatever the day of the run."""
    make_dossier(
        "lettre_deposee", departement="30", nom="ESS Gardoise", maintenant=horloge.maintenant() - timedelta(days=1)
    )


def ouvrir_lettre(p: Personne) -> str:
    p.aller("/dossiers/nouveau/")
    p.remplir(nom="ESS Cardiologie du territoire", specialites="SM04", siege_departement="34")
    p.cliquer("Commencer la lettre")
    return f"/dossiers/{re.search(r'/dossiers/([^/]+)/', p.page.url)[1]}/lettre/territoire/"


def test_un_conflit_se_voit_pendant_qu_on_dessine(gens: Gens, browser: Browser):
    voisine()
    p = gens(PORTEUR)
    adresse = ouvrir_lettre(p)
    p.aller(adresse)
    p.tenir_sur_un_telephone()
    controles = p.page.locator("#controles-territoire")
    expect(controles).to_contain_text("Aucune autre ESS de la spécialité")
    gard = p.page.locator('[role=checkbox][data-code="30"]')
    gard.focus()
    p.page.keyboard.press("Space")
    expect(gard).to_have_attribute("aria-checked", "true")
    expect(p.page.locator("main [name=departements][value='30']")).to_be_checked()
    expect(controles).to_contain_text("est en instruction")
    expect(controles).to_contain_text("Gard")
    expect(p.page.locator("main")).not_to_contain_text("Gardoise")
    # The map was drawn anew; the keyboard is where it was, and takes the choice back.
    expect(p.page.locator('[role=checkbox][data-code="30"]')).to_be_focused()
    p.vues.clear()
    p.regarder()
    p.page.keyboard.press("Enter")
    expect(controles).to_contain_text("Aucune autre ESS de la spécialité")
    sans_script(p, browser, adresse)
    # Elsewhere, then far away: two pieces.
    p.page.locator("summary", has_text="autre région").click()
    p.page.locator("main [name=departements][value='59']").check(force=True)
    expect(controles).to_contain_text("en 2 morceaux")
    p.page.locator("main [name=siege_departement]").select_option("59")
    expect(p.page.locator("#caisse-territoire")).to_contain_text("Plusieurs caisses")
    expect(p.page.locator("#caisse-territoire")).to_contain_text("ARS Hauts-de-France")


def sans_script(p: Personne, browser: Browser, adresse: str) -> None:
    """The same letter in a browser that runs nothing: the boxes, a button, the map as a picture."""
    contexte = browser.new_context(
        locale="fr-FR", java_script_enabled=False, storage_state=p.page.context.storage_state()
    )
    page = contexte.new_page()
    page.goto(p.adresse + adresse)
    page.locator("main [name=departements][value='30']").check(force=True)
    page.get_by_role("button", name="Actualiser la carte").click()
    expect(page.locator("#controles-territoire")).to_contain_text("est en instruction")
    expect(page.locator("main")).not_to_contain_text("Gardoise")
    page.goto(p.adresse + "/territoires/?specialite=cardiologie")
    expect(page.locator("main")).to_contain_text("Un projet est en instruction")
    expect(page.locator("#t-temps")).not_to_be_visible()
    contexte.close()


def test_la_carte_de_france_au_clavier_et_dans_le_temps(gens: Gens):
    d = make_dossier("lettre_deposee", departement="30", nom="ESS Gardoise").distribution
    make_adherents(d, 3)
    a = gens(ARS)
    a.aller("/territoires/?specialite=cardiologie&jour=2026-03-05")
    a.tenir_sur_un_telephone()
    forme = a.page.locator('.ess-carte--france a[href="#d-30"]')
    expect(forme).to_have_attribute("aria-label", re.compile(r"Gard \(30\).*ESS Gardoise"))
    forme.focus()
    a.page.keyboard.press("Enter")
    expect(a.page).to_have_url(re.compile("#d-30"))
    with a.page.expect_navigation():
        a.page.locator("#t-temps").focus()
        for _ in range(4):
            a.page.keyboard.press("ArrowLeft")
    expect(a.page.locator("#t-jour")).to_have_value("2026-03-01")
    expect(a.page.locator("main")).not_to_contain_text("ESS Gardoise")
    a.aller("/demographie/")
    a.tenir_sur_un_telephone()
    a.aller(f"/dossiers/{d.numero}/seuils/")
    expect(a.page.locator(".ess-courbe svg[role=img]")).to_be_visible()
    a.tenir_sur_un_telephone()
    a.page.get_by_text("Tableau", exact=True).click()
    expect(a.page.get_by_role("columnheader", name="Changement")).to_be_visible()

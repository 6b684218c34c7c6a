"""A person in a browser: signs in, fills forms by the names of their fields, and has every new page checked on the way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Browser, Locator, Page, expect

from ess_portal.comptes.demonstration import MOT_DE_PASSE, SECRET_TOTP
from ess_portal.socle import horloge
from tests.outillage.accessibilite import violations
from tests.outillage.navigateur import ouvrir

TELEPHONE = {"width": 390, "height": 844}
BUREAU = {"width": 1280, "height": 900}


class Personne:
    """`fautes` gathers what axe found: the test fails on them at its end, with all of them named."""

    def __init__(
        self,
        navigateur: Browser,
        adresse: str,
        courriel: str = "",
        *,
        telephone: bool = False,
        vues: set[str] | None = None,
    ) -> None:
        """`vues`: the kinds of pages that axe has read, shared by those who see the same ones."""
        self.adresse = adresse
        self.courriel = courriel
        contexte = ouvrir(navigateur, viewport=TELEPHONE if telephone else BUREAU)
        contexte.set_default_timeout(60_000)  # a machine that others share is slow, not wrong
        self.page: Page = contexte.new_page()
        self.vues: set[str] = set() if vues is None else vues
        self.fautes: list[str] = []
        if courriel:
            self.entrer()

    def entrer(self) -> None:
        self.aller("/compte/login/")
        self.remplir(login=self.courriel, password=MOT_DE_PASSE)
        self.cliquer("Se connecter")
        expect(self.page).not_to_have_url(re.compile("login"))
        self.regarder()

    def aller(self, chemin: str) -> Page:
        reponse = self.page.goto(self.adresse + chemin)
        statut = reponse.status if reponse else None
        assert statut == 200, f"{chemin} : {statut}"
        self.regarder()
        return self.page

    def regarder(self) -> None:
        """axe, once per kind of page and of reader (the walk through all pages meets each role)."""
        page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "n", self.page.url.removeprefix(self.adresse)).split("?")[0]
        if page in self.vues:
            return
        self.vues.add(page)
        self.fautes += [f"{page} : {faute}" for faute in violations(self.page, contraste=False)]

    def remplir(self, **champs: Any) -> None:
        """Fills the fields of these names: text, choice, ticks, files."""
        for nom, valeur in champs.items():
            champ = self.page.locator(f"main [name={nom}]:not([type=hidden])")
            premier = champ.first
            assert champ.count(), (
                f"{self.page.url} : pas de champ « {nom} » dans\n{self.page.locator('main').inner_text()[:3000]}"
            )
            genre = premier.get_attribute("type") or premier.evaluate("e => e.tagName.toLowerCase()")
            if genre == "file":
                premier.set_input_files(valeur)
            elif genre == "select":
                premier.select_option(valeur)
            elif genre in ("radio", "checkbox"):
                for v in [valeur] if not isinstance(valeur, list) else valeur:
                    case = champ.and_(self.page.locator(f"[value='{v}']")) if v is not True else premier
                    case.check(force=True)
            elif genre == "date":
                premier.fill("-".join(reversed(valeur.split("/"))))
            else:
                premier.fill(str(valeur))

    def cliquer(self, bouton: str) -> None:
        self.presser(self.page.get_by_role("button", name=bouton).first)

    def presser(self, bouton: Locator) -> None:
        """Presses, and waits for the page that answers."""
        with self.page.expect_navigation():
            bouton.click()
        self.regarder()

    def agir(self, numero: str, acte: str, **champs: Any) -> None:
        """An act of the dossier, on its own page; the identity is given where it is asked again."""
        self.aller(f"/dossiers/{numero}/actions/{acte}/")
        self.remplir(**champs)
        self.identite()
        self.presser(self.page.locator("main form").last.locator("button[type=submit]").first)
        assert "/actions/" not in self.page.url, f"{acte} : {self.page.locator('main').inner_text()[:2000]}"

    def identite(self) -> None:
        """Password and code, where the page asks for them. The code of the moment may serve several acts of the test."""
        if self.page.locator("main [name=mot_de_passe]").count():
            self.remplir(mot_de_passe=MOT_DE_PASSE)
        if self.page.locator("main [name=code]").count():
            cache.clear()
            self.remplir(code=format_hotp_value(hotp_value(SECRET_TOTP, int(horloge.temps_reel().timestamp()) // 30)))

    def tenir_sur_un_telephone(self) -> None:
        """Nothing is wider than a phone's screen."""
        avant = self.page.viewport_size
        self.page.set_viewport_size(TELEPHONE)
        largeur = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(avant)
        if largeur > TELEPHONE["width"]:
            self.fautes.append(f"{self.page.url.removeprefix(self.adresse)} : {largeur} px de large sur un téléphone")

    def tenir_sans_script(self) -> None:
        """The same page on a phone that runs no script: its menu is there, nothing is wider than the screen."""
        contexte = ouvrir(
            self.page.context.browser,
            viewport=TELEPHONE,
            java_script_enabled=False,
            storage_state=self.page.context.storage_state(),
        )
        page = contexte.new_page()
        page.goto(self.page.url)
        expect(page.get_by_role("link", name="Dossiers").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"]
        contexte.close()

    def telecharger(self, chemin: str, vers: Path) -> Path:
        """The bytes behind an address, with this person's session."""
        reponse = self.page.request.get(self.adresse + chemin)
        assert reponse.status == 200, f"{chemin} : {reponse.status}"
        vers.write_bytes(reponse.body())
        return vers

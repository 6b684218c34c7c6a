"""Pages in Chromium without a server: the test client answers, the browser shows what it answered, and says what is wrong with it."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import BrowserContext, Page, Route

ADRESSE = "http://localhost"
TELEPHONE = {"width": 390, "height": 844}
BUREAU = {"width": 1280, "height": 900}
# A space that may break where it must not, a typewriter's apostrophe or quotes.
TYPOGRAPHIE = re.compile(r".{0,30}(?: [:;!?»%€](?!\w)|« |\w'\w|\"\w).{0,20}")
# The library that keeps accounts brings its own sentences with their translation.
ALLAUTH = "/compte/"
PAR_ONGLET = 20
TEXTE = "[...document.querySelectorAll('main, header, footer')].map(e => e.innerText).join('\\n')"
AXE = Axe()


@dataclass
class Vitrine:
    """One browser context, two widths. `montrer` gives the faults of a page."""

    contexte: BrowserContext
    page: Page = field(init=False)
    console: list[str] = field(default_factory=list)
    documents: dict[str, HttpResponse] = field(default_factory=dict)
    vues: int = 0

    def __post_init__(self) -> None:
        self._ouvrir()

    def _ouvrir(self) -> None:
        self.page = self.contexte.new_page()
        self.page.on("console", lambda m: self.console.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda erreur: self.console.append(str(erreur)))
        self.page.route("**/*", self._servir)

    def montrer(self, chemin: str, reponse: HttpResponse, *, partout: bool) -> Iterator[str]:
        """`partout`: axe at both widths, otherwise at the phone's only; the width of the phone is always measured."""
        self.vues += 1
        if self.vues % PAR_ONGLET == 0:  # what axe leaves behind slows a tab down
            self.page.close()
            self._ouvrir()
        self.console.clear()
        self.documents = {chemin: reponse}
        self.page.set_viewport_size(BUREAU if partout else TELEPHONE)
        self.page.goto(ADRESSE + chemin)
        if partout:
            yield from self._axe("bureau")
            self.page.set_viewport_size(TELEPHONE)
        yield from self._axe("téléphone")
        largeur = self.page.evaluate("document.documentElement.scrollWidth")
        if largeur > TELEPHONE["width"]:
            yield f"{largeur} px de large sur un téléphone"
        if not chemin.startswith(ALLAUTH):
            yield from (f"typographie : {f!r}" for f in TYPOGRAPHIE.findall(self.page.evaluate(TEXTE)))
        yield from (f"console : {texte}" for texte in self.console)

    def _axe(self, ou: str) -> Iterator[str]:
        for v in AXE.run(self.page).response["violations"]:
            yield f"axe ({ou}) {v['id']} : {v['nodes'][0]['html'][:160]}"

    def _servir(self, route: Route) -> None:
        adresse = urlsplit(route.request.url)
        chemin = f"{adresse.path}?{adresse.query}" if adresse.query else adresse.path
        if chemin in self.documents:
            reponse = self.documents[chemin]
            route.fulfill(status=reponse.status_code, headers=dict(reponse.items()), body=reponse.content)
        elif trouve := finders.find(adresse.path.removeprefix(settings.STATIC_URL)):
            type_ = mimetypes.guess_type(trouve)[0] or "application/octet-stream"
            route.fulfill(status=200, content_type=type_, body=Path(trouve).read_bytes())
        else:
            route.fulfill(status=404, body="")

"""Pages in Chromium: the test client answers, the browser shows what it answered, and says what is wrong with it."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import BrowserContext, Page

from tests.outillage.accessibilite import SOMBRE, violations, violations_en_sombre

TELEPHONE = {"width": 390, "height": 844}
BUREAU = {"width": 1280, "height": 900}
PAPIER = {"width": 794, "height": 1123}
# How much of a page a plate shows.
HAUTEUR = 1500
# A space that may break where it must not, a typewriter's apostrophe or quotes.
TYPOGRAPHIE = re.compile(r".{0,30}(?: [:;!?»%€](?!\w)|« |\w'\w|\"\w).{0,20}")
# The library that keeps accounts brings its own sentences with their translation.
ALLAUTH = "/compte/"
PAR_ONGLET = 20
TEXTE = "[...document.querySelectorAll('main, header, footer')].map(e => e.innerText).join('\\n')"


@dataclass
class Vitrine:
    """One browser context, two widths, and a server for what was already answered. `montrer` gives the faults of a page.

    A server and not Playwright's routes: these forbid the browser's cache, and the design system would be read again by each page.
    """

    contexte: BrowserContext
    page: Page = field(init=False)
    serveur: ThreadingHTTPServer = field(init=False)
    console: list[str] = field(default_factory=list)
    documents: dict[str, HttpResponse] = field(default_factory=dict)
    vues: int = 0

    def __enter__(self) -> Self:
        self.serveur = ThreadingHTTPServer(("127.0.0.1", 0), _guichet(self))
        Thread(target=self.serveur.serve_forever).start()
        self._ouvrir()
        return self

    def __exit__(self, *_: object) -> None:
        self.contexte.close()
        self.serveur.shutdown()
        self.serveur.server_close()

    def _ouvrir(self) -> None:
        self.page = self.contexte.new_page()
        self.page.on("console", lambda m: self.console.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda erreur: self.console.append(str(erreur)))

    def montrer(self, chemin: str, reponse: HttpResponse, *, partout: bool) -> Iterator[str]:
        """`partout`: axe at both widths and in both themes, colours included, otherwise at the phone's only; the width of the phone is always measured."""
        self.vues += 1
        if self.vues % PAR_ONGLET == 0:  # what axe leaves behind slows a tab down
            self.page.close()
            self._ouvrir()
        self.console.clear()
        self.documents = {chemin: reponse}
        self.page.set_viewport_size(BUREAU if partout else TELEPHONE)
        self.page.goto(f"http://localhost:{self.serveur.server_port}{chemin}")
        if partout:
            yield from (f"axe (bureau) {faute}" for faute in violations(self.page, contraste=True))
            yield from (f"axe (sombre) {faute}" for faute in violations_en_sombre(self.page))
            self.page.set_viewport_size(TELEPHONE)
        yield from (f"axe (téléphone) {faute}" for faute in violations(self.page, contraste=partout))
        largeur = self.page.evaluate("document.documentElement.scrollWidth")
        if largeur > TELEPHONE["width"]:
            yield f"{largeur} px de large sur un téléphone"
        if not chemin.startswith(ALLAUTH):
            yield from (f"typographie : {f!r}" for f in TYPOGRAPHIE.findall(self.page.evaluate(TEXTE)))
        yield from (f"console : {texte}" for texte in self.console)

    def photographier(
        self, chemin: str, reponse: HttpResponse, taille: dict[str, int], selecteur: str
    ) -> tuple[list[str], bytes]:
        """The words of what `selecteur` finds in a page, and its picture at this size, as PNG."""
        self.documents = {chemin: reponse}
        self.page.set_viewport_size(taille)
        self.page.goto(f"http://localhost:{self.serveur.server_port}{chemin}")
        mots = self.page.locator(selecteur).evaluate_all("es => es.map(e => e.textContent)")
        return mots, self.page.screenshot()

    def photographier_partout(
        self, chemin: str, reponse: HttpResponse, selecteur: str
    ) -> tuple[list[str], list[bytes]]:
        """The words, and the top of the page on a desk, in the dark theme, on paper and on a phone."""
        mots, _ = self.photographier(chemin, reponse, BUREAU | {"height": HAUTEUR}, selecteur)
        vues = [self.page.screenshot()]
        self.page.evaluate(SOMBRE)
        vues.append(self.page.screenshot())
        self.page.reload()
        self.page.emulate_media(media="print")
        self.page.set_viewport_size(PAPIER)
        vues.append(self.page.screenshot())
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size(TELEPHONE | {"height": HAUTEUR})
        self.page.reload()
        vues.append(self.page.screenshot())
        return mots, vues

    def contenu(self, adresse: str) -> tuple[int, dict[str, str], bytes]:
        """What stands at an address: the answer being shown, a static file, or nothing."""
        if adresse in self.documents:
            reponse = self.documents[adresse]
            return reponse.status_code, dict(reponse.items()), reponse.content
        if trouve := finders.find(urlsplit(adresse).path.removeprefix(settings.STATIC_URL)):
            type_ = mimetypes.guess_type(trouve)[0] or "application/octet-stream"
            return 200, {"Content-Type": type_, "Cache-Control": "max-age=3600"}, Path(trouve).read_bytes()
        return 404, {}, b""


def _guichet(vitrine: Vitrine) -> type[BaseHTTPRequestHandler]:
    class Guichet(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            statut, entetes, corps = vitrine.contenu(self.path)
            self.send_response(statut)
            for nom, valeur in ({**entetes, "Content-Length": str(len(corps))}).items():
                self.send_header(nom, valeur)
            self.end_headers()
            with suppress(ConnectionError):  # the browser left for the next page
                self.wfile.write(corps)

        def log_message(self, *_: object) -> None:
            """Silent."""

    return Guichet

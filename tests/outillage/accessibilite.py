"""axe on the page that a browser shows."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Two thirds of axe's time, for what the classes of the design system decide: the walk through all pages looks at it.
SANS_CONTRASTE = {regle: {"enabled": False} for regle in ("color-contrast", "link-in-text-block")}
# Strings only: Playwright takes seconds to carry the objects that axe gives.
LANCER = """regles => axe.run({resultTypes: ['violations'], rules: regles})
  .then(r => r.violations.map(v => `${v.id} : ${v.nodes[0].html.slice(0, 160)}`))"""


# The theme changes colours and nothing else.
COULEURS = {"runOnly": {"type": "rule", "values": list(SANS_CONTRASTE)}}
SOMBRE = "document.documentElement.dataset.frTheme = 'dark'; undefined"


def violations_en_sombre(page: Page) -> Iterator[str]:
    """The rules on colours alone, in the dark theme, on a page that `violations` has read; it is left in its light one."""
    page.evaluate(SOMBRE)
    yield from page.evaluate(LANCER.replace("rules: regles", "...regles"), COULEURS)
    page.evaluate(SOMBRE.replace("dark", "light"))


def violations(page: Page, *, contraste: bool) -> Iterator[str]:
    """Each broken rule with the first element that breaks it."""
    page.evaluate(f"{AXE_SCRIPT}; undefined")
    yield from page.evaluate(LANCER, {} if contraste else SANS_CONTRASTE)

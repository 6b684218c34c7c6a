"""Every component renders with every one of its variants: no undefined name, nothing that a strict CSP would drop."""

from __future__ import annotations

import re

import pytest
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory

from outils.galerie import ICI, donnees

# The gallery's own routes: every optional link of the header and of the footer is there.
pytestmark = pytest.mark.urls("outils.galerie")


@pytest.mark.parametrize("nom", sorted(p.name for p in ICI.glob("*.html")))
def test_galerie(nom: str) -> None:
    gabarit = engines["django"].from_string((ICI / nom).read_text())
    html = gabarit.render(donnees(), RequestFactory().get("/"))
    assert not re.search(r'\sstyle="|\son[a-z]+="|<script>|<style', html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for cible in re.findall(r'aria-(?:labelledby|describedby|controls)="([^"]+)"', html):
        assert set(cible.split()) <= set(ids)


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 500])
def test_une_page_d_erreur_se_passe_de_tout(code: int) -> None:
    """Django renders its 500 without request nor context: the page must still be one."""
    html = get_template(f"erreurs/{code}.html").render()
    assert "<h1" in html
    assert "Revenir à l’accueil" in html

"""Every page is reached from another: an address that no screen names exists for nobody."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from django.urls import URLPattern, get_resolver

RACINE = Path(__file__).resolve().parents[2]
APPLICATIONS = ("ess_portal", "dossiers", "adhesions", "financement", "indicateurs", "templates")
# Reached by machines (probes, programs, a QR code, a link in a mail) or by the framework itself.
HORS_ECRANS = re.compile(r"^(api_|sante$|metriques$)")


def patrons(resolveur) -> list[URLPattern]:
    lus = []
    for p in resolveur.url_patterns:
        lus += [p] if isinstance(p, URLPattern) else patrons(p)
    return lus


@cache
def textes() -> dict[Path, str]:
    """What may lead somewhere: templates and code, but for the tables of addresses and of the help pages."""
    lus = (f for a in APPLICATIONS for suffixe in ("*.py", "*.html", "*.txt") for f in (RACINE / a).rglob(suffixe))
    return {f: f.read_text() for f in lus if f.name not in ("urls.py", "guides.py") and "migrations" not in f.parts}


def test_chaque_page_est_liee_par_une_autre():
    pages = [
        (p.name, p.callback.__module__) for p in patrons(get_resolver()) if p.name and not HORS_ECRANS.match(p.name)
    ]
    pages = [(nom, module) for nom, module in pages if module.startswith(APPLICATIONS)]
    par_module = Counter(module for _, module in dict.fromkeys(pages))
    orphelines = []
    for nom, module in pages:
        # A module of one page that names itself leads nobody there.
        seule = RACINE / (module.replace(".", "/") + ".py") if par_module[module] == 1 else None
        cite = re.compile(rf"[\"']{nom}[\"']")
        if not any(cite.search(texte) for fichier, texte in textes().items() if fichier != seule):
            orphelines.append(f"{nom} ({module})")
    assert orphelines == []
    assert len(pages) > 150

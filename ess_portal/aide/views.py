"""The guides: public pages, readable before one has an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.socle.erreurs import Introuvable

from .guides import GUIDE_DE, GUIDES


@require_safe
def sommaire(request: HttpRequest) -> HttpResponse:
    """All the guides, the reader's own first."""
    acteur = getattr(request, "acteur", None)
    sien = GUIDE_DE.get(acteur.role) if acteur else None
    guides = sorted(GUIDES.items(), key=lambda g: g[0] != sien)
    return render(request, "aide/sommaire.html", {"guides": guides, "sien": sien})


@require_safe
def guide(request: HttpRequest, nom: str) -> HttpResponse:
    if nom not in GUIDES:
        raise Introuvable
    return render(
        request, f"aide/{nom}.html", {"guide": GUIDES[nom], "autres": [g for g in GUIDES.items() if g[0] != nom]}
    )

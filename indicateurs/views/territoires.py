"""The map of France for one group of specialties, for everybody who has an account; each reads what he may know (CONF-1)."""

from __future__ import annotations

import re
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.socle import horloge

from ..territoires.page import ETATS, TOUS, Demande, page

CODE = re.compile(r"[0-9A-Za-z_-]{1,48}")


@require_safe
def territoires(request: HttpRequest) -> HttpResponse:
    etat = request.GET.get("etat", "")
    demande = Demande(
        groupe=_code(request, "specialite"),
        jour=_jour(request.GET.get("jour", "")),
        etat=etat if etat in (*ETATS, TOUS) else "",
        region=_code(request, "region"),
    )
    return render(request, "indicateurs/territoires.html", page(request.acteur, demande, horloge.maintenant()))


def _code(request: HttpRequest, nom: str) -> str:
    valeur = request.GET.get(nom, "")
    return valeur if CODE.fullmatch(valeur) else ""


def _jour(texte: str) -> date | None:
    """A day typed or picked; what is no day asks for today."""
    for forme in (texte, "-".join(reversed(texte.split("/")))):
        try:
            return date.fromisoformat(forme)
        except ValueError:
            continue
    return None

"""The dashboard of deadlines: administrators over their region or the country, ARS and caisses over their own dossiers."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.socle import horloge

from ..pilotage.echeances import Filtres
from ..pilotage.page import page
from .accueil import remplissage

CODE = re.compile(r"[0-9A-Za-z_]{1,48}")


@require_safe
def tableau(request: HttpRequest) -> HttpResponse:
    filtres = Filtres(
        **{
            nom: _code(request, cle)
            for nom, cle in (("departement", "departement"), ("groupe", "specialite"), ("region", "region"))
        }
    )
    contexte = page(request.acteur, filtres, horloge.maintenant()) | remplissage()
    return render(request, "indicateurs/pilotage.html", contexte)


def _code(request: HttpRequest, cle: str) -> str:
    """A code of the address, or nothing: what is no code filters nothing."""
    valeur = request.GET.get(cle, "")
    return valeur if CODE.fullmatch(valeur) else ""

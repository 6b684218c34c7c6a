"""The public observatory and its open data: no account, nothing that the public may not know (CONF-1)."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from ess_portal.socle import horloge, tableur

from ..observatoire import donnees, lecture
from ..observatoire.page import Filtres, page

CODE = re.compile(r"[0-9A-Z]{1,6}")
# Seconds that a proxy or a browser may keep the files: they move a few times a week.
GARDE = 600


@require_safe
def observatoire(request: HttpRequest) -> HttpResponse:
    return render(request, "observatoire/page.html", page(_filtres(request), horloge.maintenant()))


@require_safe
def ouvertes(request: HttpRequest) -> HttpResponse:
    """What the files hold, field by field."""
    champs = [(nom, titre, texte) for nom, titre, texte, _ in donnees.CHAMPS]
    return render(request, "observatoire/donnees.html", {"champs": champs, "separateur": donnees.SEPARATEUR})


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    return _publique(JsonResponse(donnees.schema(), json_dumps_params={"ensure_ascii": False, "indent": 1}))


@require_safe
def fichier_csv(request: HttpRequest) -> HttpResponse:
    octets = tableur.ecrire("csv", "ESS", donnees.en_csv(_fiches(request)))
    reponse = HttpResponse(octets, content_type=tableur.TYPES["csv"])
    reponse["Content-Disposition"] = 'attachment; filename="equipes-de-soins-specialises.csv"'
    return _publique(reponse)


@require_safe
def fichier_json(request: HttpRequest) -> HttpResponse:
    lues = donnees.en_json(_fiches(request))
    return _publique(JsonResponse(lues, safe=False, json_dumps_params={"ensure_ascii": False}))


def _fiches(request: HttpRequest) -> list[lecture.Fiche]:
    filtres = _filtres(request)
    return [f for f in lecture.fiches(horloge.maintenant()) if filtres.garde(f)]


def _publique(reponse: HttpResponse) -> HttpResponse:
    patch_cache_control(reponse, public=True, max_age=GARDE)
    return reponse


def _filtres(request: HttpRequest) -> Filtres:
    def lire(nom: str) -> str:
        valeur = request.GET.get(nom, "")
        return valeur if CODE.fullmatch(valeur) else ""

    return Filtres(lire("region"), lire("specialite"))

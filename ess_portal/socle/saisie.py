"""What people type, as it comes in: the invisible marks of direction are taken off, in one place for pages and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from .typographie import MARQUES, sans_marques


def epurer(valeur: Any) -> Any:
    """What JSON gave, without the marks: texts, lists and objects, keys included."""
    if isinstance(valeur, str):
        return sans_marques(valeur)
    if isinstance(valeur, list):
        return [epurer(v) for v in valeur]
    if isinstance(valeur, dict):
        return {epurer(nom): epurer(v) for nom, v in valeur.items()}
    return valeur


def epurer_formulaire(recu: QueryDict) -> QueryDict:
    """The same form when there is nothing to take off, else a copy."""
    if not any(MARQUES.search(texte) for _, textes in recu.lists() for texte in textes):
        return recu
    propre = recu.copy()
    for nom, textes in recu.lists():
        propre.setlist(nom, epurer(textes))
    return propre


class SaisieMiddleware:
    """Cleans a form once the CSRF check has read it; the API reads its own bodies, and cleans them there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if request.method == "POST" and not request.path_info.startswith("/api/"):
            request.POST = epurer_formulaire(request.POST)

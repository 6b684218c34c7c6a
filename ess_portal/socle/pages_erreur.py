"""Errors raised before any view answers: a page for people, the documented problem for programs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from .erreurs_api import probleme


def _selon(statut: int, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def repondre(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.path_info.startswith("/api/"):
            return JsonResponse(probleme(statut), status=statut)
        return page(request, *args, **kwargs)

    return repondre


demande_illisible = _selon(400, defaults.bad_request)
interdit = _selon(403, defaults.permission_denied)
introuvable = _selon(404, defaults.page_not_found)
panne = _selon(500, defaults.server_error)

"""Mails that the sandbox captured instead of sending them: list and reading, for its administrators."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.comptes.views.acces import reservee
from ess_portal.socle.erreurs import Introuvable

from ..models import Courriel

PAR_PAGE = 50


def _captures(request: HttpRequest):
    if not settings.BAC_A_SABLE:
        raise Introuvable
    return Courriel.objects.pour(request.acteur)


@require_safe
@reservee()
def liste(request: HttpRequest) -> HttpResponse:
    """Newest first; words look at the addressees and the subject."""
    recherche = request.GET.get("recherche", "")[:120].replace("\x00", "")
    lignes = _captures(request).defer("texte")
    for mot in recherche.split():
        lignes = lignes.filter(Q(destinataires__icontains=mot) | Q(sujet__icontains=mot))
    page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "administration/courriels.html", {"page": page, "recherche": recherche})


@require_safe
@reservee()
def lire(request: HttpRequest, courriel_id: int) -> HttpResponse:
    courriel = _captures(request).filter(pk=courriel_id).first()
    if courriel is None:
        raise Introuvable
    return render(request, "administration/courriel.html", {"courriel": courriel})

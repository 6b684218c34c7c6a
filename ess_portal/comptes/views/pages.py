"""The public pages that the law asks for: accessibility, legal notice, personal data."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    return render(request, "comptes/pages/accessibilite.html")


@require_safe
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return render(request, "comptes/pages/mentions_legales.html", {"expediteur": settings.DEFAULT_FROM_EMAIL})


@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return render(request, "comptes/pages/donnees_personnelles.html")

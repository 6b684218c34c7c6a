"""The dérogations of a dossier: where each stands, what it waits for, and the acts that this reader may do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ess_portal.socle.horloge import jour_local, maintenant

from .. import actes_derogation, lecture_derogations
from ..actions import disponibles
from ..models import Derogation
from .communs import cadre, dossier_ou_404

ACTES = frozenset(a.nom for a in actes_derogation.ACTIONS)


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    jour = jour_local(maintenant(), dossier.fuseau)
    lues = Derogation.objects.pour(request.acteur).filter(dossier=dossier)
    actes = [
        {"libelle": a.libelle, "url": reverse("acte", args=[numero, a.nom])}
        for a in disponibles(dossier, request.acteur)
        if a.nom in ACTES
    ]
    return render(
        request,
        "dossiers/derogations.html",
        cadre(request, dossier, "derogations", "Dérogations")
        | {"lignes": lecture_derogations.lignes(lues, request.acteur, jour), "actes": actes},
    )

"""Pages of the recoveries: one with its steps, and the list across dossiers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dossiers.actions import disponibles
from dossiers.views.communs import cadre, fil
from ess_portal.comptes.roles import AGENTS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit, Introuvable

from ..models import Recuperation
from ..selectors import recuperations as page
from .commun import lire_dossier


@require_safe
def recuperation(request: HttpRequest, numero: str, reference: str) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    lignes = Recuperation.objects.pour(request.acteur).filter(dossier=dossier, numero=reference)
    r = lignes.prefetch_related("observations", "termes", "mouvements").first()
    if r is None:
        raise Introuvable
    r.dossier = dossier
    versements = {"libelle": "Versements", "url": reverse("versements_dossier", args=[numero])}
    return render(
        request,
        "financement/recuperation.html",
        {
            **cadre(request, dossier, "versements_dossier", r.numero),
            **page.contexte(
                dossier,
                r,
                request.acteur,
                horloge.aujourdhui(dossier.fuseau),
                {a.nom: a for a in disponibles(dossier, request.acteur)},
            ),
            "fil": [*fil(dossier, request.acteur, "Versements")[:-1], versements, {"libelle": r.numero}],
        },
    )


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in AGENTS:
        raise Interdit(
            "interdit",
            "Cette liste est celle des agents\u00a0: votre dossier montre les récupérations qui vous concernent.",
        )
    return render(request, "financement/recuperations.html", page.liste(request.acteur, request.GET))

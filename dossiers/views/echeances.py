"""Every date of a dossier, with « Pourquoi cette date ? » at its own anchor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.journal.models import Evenement

from .. import dates
from .communs import cadre, dossier_ou_404


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    figees = Evenement.objects.pour(request.acteur).filter(dossier=dossier, donnees__has_key="dates").order_by("seq")
    contexte = {"groupes": dates.lire(dossier, figees)}
    return render(request, "dossiers/echeances.html", cadre(request, dossier, "echeances", "Échéances") | contexte)

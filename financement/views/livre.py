"""Page « Comptes » of a dossier, and its entries as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.views.communs import cadre
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import tableur
from ess_portal.socle.erreurs import Interdit

from ..selectors import livre as page
from .commun import lire_dossier


@require_safe
def comptes(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    contexte = {**cadre(request, dossier, "comptes_dossier", "Comptes"), **page.page(dossier, request.acteur, request.GET)}  # fmt: skip
    return render(request, "financement/comptes.html", contexte)


@require_safe
def exporter(request: HttpRequest, numero: str) -> HttpResponse:
    """The entries that the page's filters keep, one row per account moved."""
    dossier = lire_dossier(request, numero)
    if not request.acteur.est_agent:
        raise Interdit
    octets = tableur.ecrire("csv", "Écritures", page.lignes_csv(dossier, request.acteur, request.GET))
    return reponse_fichier(octets, nom=f"Écritures {dossier.numero}.csv", type_mime=tableur.TYPES["csv"])

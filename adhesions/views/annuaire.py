"""The directory: search for everybody who has an account, imports and their rejects for the national administration."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.comptes.roles import Role
from ess_portal.comptes.views.acces import reservee
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.typographie import nombre

from ..annuaire import MINIMUM, dernier_extrait
from ..annuaire.limite import TropDeRecherches
from ..annuaire.presentation import fiche_json, resultats
from ..models import ImportAnnuaire
from ..regles.extrait import MOTIFS

PAR_PAGE, IMPORTS_PAR_PAGE, CSV_MAX = 100, 20, 100_000


@require_safe
def rechercher(request: HttpRequest) -> HttpResponse:
    """JSON for who asks for it, the list alone for htmx, a page otherwise."""
    texte = request.GET.get("q", "").strip()
    en_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    try:
        fiches = resultats(texte, request.user.pk)
    except TropDeRecherches as refus:
        if not (en_json or request.htmx):
            raise
        # htmx shows the answers that succeed, and only those.
        reponse: HttpResponse = (
            JsonResponse({"erreur": refus.message}, status=refus.statut_http)
            if en_json
            else render(request, "annuaire/_resultats.html", {"refus": refus.message})
        )
        reponse["Retry-After"] = str(refus.attente)
        return reponse
    if en_json:
        return JsonResponse({"resultats": [fiche_json(fiche) for fiche in fiches]})
    contexte: dict[str, Any] = {"texte": texte, "fiches": fiches, "minimum": MINIMUM, "extrait_le": dernier_extrait()}
    return render(request, "annuaire/_resultats.html" if request.htmx else "annuaire/recherche.html", contexte)


@require_safe
@reservee(Role.ADMIN_NATIONAL)
def imports(request: HttpRequest) -> HttpResponse:
    page = Paginator(ImportAnnuaire.objects.all(), IMPORTS_PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "administration/annuaire.html", {"page": page, "extrait_le": dernier_extrait()})


def _import(importation: int) -> ImportAnnuaire:
    trouve = ImportAnnuaire.objects.filter(pk=importation).first()
    if trouve is None:
        raise Introuvable
    return trouve


@require_safe
@reservee(Role.ADMIN_NATIONAL)
def rejets(request: HttpRequest, importation: int) -> HttpResponse:
    trouve = _import(importation)
    page = Paginator(trouve.rejets.all(), PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "administration/annuaire_rejets.html", {"importation": trouve, "page": page})


@require_safe
@reservee(Role.ADMIN_NATIONAL)
def rejets_csv(request: HttpRequest, importation: int) -> HttpResponse:
    """The rejects of an import, the first hundred thousand. Every cell is a number or begins with our own words: no formula."""
    trouve = _import(importation)
    texte = StringIO()
    ecrivain = csv.writer(texte, delimiter=";")
    ecrivain.writerow(("Ligne", "Motif", "Précision"))
    for ligne, motif, precision in trouve.rejets.values_list("ligne", "motif", "precision")[:CSV_MAX]:
        ecrivain.writerow((ligne, MOTIFS[motif], precision))
    if trouve.rejetees > CSV_MAX:
        ecrivain.writerow(("", f"Liste arrêtée à {nombre(CSV_MAX)} lignes sur {nombre(trouve.rejetees)}", ""))
    nom = f"annuaire-rejets-{trouve.extrait_le:%Y%m%d%H%M}.csv"
    entetes = {"Content-Disposition": f'attachment; filename="{nom}"'}
    return HttpResponse(texte.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=entetes)

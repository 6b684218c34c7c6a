"""The library of motivations: read by the agents, written by a region's signataires and administrators, and the national one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ADMINS, ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit, Introuvable

from ..forms.motivation import FormulaireMotivation
from ..models import Motivation
from ..services import motivations as services
from .communs import saisie


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if request.acteur is None or request.acteur.role not in ARS | ADMINS:
        raise Interdit
    lues = Motivation.objects.pour(request.acteur).en_usage().select_related("region", "enregistree_par")
    lignes = [{"motivation": m, "modifiable": services.peut_ecrire(request.acteur, m.region_id)} for m in lues]
    return render(
        request,
        "dossiers/motivations.html",
        {"lignes": lignes, "peut_ecrire": request.acteur.role in services.AUTEURS, "fil": _fil(request.acteur)},
    )


@require_http_methods(["GET", "POST"])
def nouvelle(request: HttpRequest) -> HttpResponse:
    if request.acteur is None or request.acteur.role not in services.AUTEURS:
        raise Interdit
    return _ecrire(request, None)


@require_http_methods(["GET", "POST"])
def corriger(request: HttpRequest, motivation: int) -> HttpResponse:
    if request.acteur is None or request.acteur.role not in services.AUTEURS:
        raise Interdit
    ligne = Motivation.objects.pour(request.acteur).filter(pk=motivation).select_related("region").first()
    if ligne is None or (request.method == "GET" and not ligne.est_en_usage):
        raise Introuvable
    if not services.peut_ecrire(request.acteur, ligne.region_id):
        raise Interdit
    if request.method == "POST" and "retirer" in request.POST:
        services.retirer(motivation=ligne.pk, acteur=request.acteur, maintenant=horloge.maintenant())
        messages.success(request, "Texte retiré de la bibliothèque. Les décisions déjà prises ne changent pas.")
        return redirect("motivations")
    return _ecrire(request, ligne)


def _fil(acteur: Acteur, *suite: str) -> list[dict[str, str]]:
    debut = [{"libelle": "Administration", "url": reverse("administration")}] if acteur.role in ADMINS else []
    if not suite:
        return [*debut, {"libelle": "Motivations"}]
    return [*debut, {"libelle": "Motivations", "url": reverse("motivations")}, {"libelle": suite[0]}]


def _ecrire(request: HttpRequest, ligne: Motivation | None) -> HttpResponse:
    form = FormulaireMotivation(
        request.POST if request.method == "POST" else None,
        initial=FormulaireMotivation.depuis(ligne) if ligne else None,
    )
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            services.enregistrer(
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                motivation=ligne.pk if ligne else None,
                **form.donnees(),
            )
            messages.success(request, "Texte enregistré.")
            return redirect("motivations")
    titre = "Corriger un texte" if ligne else "Nouveau texte de motivation"
    versions = (
        Motivation.objects.filter(fil=ligne.fil).select_related("enregistree_par").order_by("-version") if ligne else ()
    )
    return render(
        request,
        "dossiers/motivation.html",
        {
            "form": form,
            "ligne": ligne,
            "versions": versions,
            "titre": titre,
            "portee": ligne.portee if ligne else "",
            "fil": _fil(request.acteur, titre),
        },
        status=422 if form.errors else 200,
    )

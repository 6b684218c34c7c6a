"""The regional strategies of an ARS: read by the region's agents, recorded and corrected by the ARS."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ess_portal.comptes.roles import ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit, Introuvable

from ..forms.strategie import FormulaireStrategie
from ..models import StrategieRegionale
from ..services import strategies as services
from ..strategies import noms_des_codes, periode
from .communs import saisie


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if request.acteur is None or request.acteur.est_porteur:
        raise Interdit
    lues = list(StrategieRegionale.objects.pour(request.acteur).select_related("ars"))
    noms = noms_des_codes() if lues else {}
    lignes = [
        {
            "strategie": s,
            "periode": periode(s),
            "specialites": ", ".join(noms.get(g, g) for g in s.groupes) or "Toutes",
            "territoires": ", ".join(noms.get(d, d) for d in s.departements) or "Toute la région",
            "est_mienne": s.ars_id == request.acteur.organisation_id,
        }
        for s in lues
    ]
    return render(request, "dossiers/strategies.html", {"lignes": lignes, "peut_ecrire": request.acteur.role in ARS})


@require_http_methods(["GET", "POST"])
def nouvelle(request: HttpRequest) -> HttpResponse:
    return _ecrire(request, None)


@require_http_methods(["GET", "POST"])
def corriger(request: HttpRequest, strategie: int) -> HttpResponse:
    if request.acteur is None or request.acteur.role not in ARS:
        raise Interdit
    ligne = StrategieRegionale.objects.filter(ars_id=request.acteur.organisation_id, pk=strategie).first()
    if ligne is None:
        raise Introuvable
    return _ecrire(request, ligne)


def _ecrire(request: HttpRequest, ligne: StrategieRegionale | None) -> HttpResponse:
    if request.acteur is None or request.acteur.role not in ARS:
        raise Interdit
    form = FormulaireStrategie(
        request.POST if request.method == "POST" else None,
        region=request.acteur.region,
        initial=FormulaireStrategie.depuis(ligne) if ligne else None,
    )
    if request.method == "POST" and form.is_valid():
        with saisie(request, form):
            services.enregistrer(
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                strategie=ligne.pk if ligne else None,
                **form.cleaned_data,
            )
            messages.success(request, "Stratégie enregistrée.")
            return redirect("strategies")
    return render(
        request,
        "dossiers/strategie.html",
        {"form": form, "titre": "Corriger la stratégie" if ligne else "Nouvelle stratégie régionale"},
        status=422 if form.errors else 200,
    )

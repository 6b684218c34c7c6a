"""The page where the ARS enters a dossier that was instructed elsewhere (§6)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.views.communs import saisie
from ess_portal.comptes.roles import ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit

from ..forms.reprise import FormulaireRepriseComplete
from ..services.reprise import reprendre_dossier


@require_http_methods(["GET", "POST"])
def reprendre(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in ARS:
        raise Interdit("interdit", "Seule l’ARS reprend un dossier instruit ailleurs.")
    form = FormulaireRepriseComplete(request.POST or None, request.FILES or None, region=request.acteur.region)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            dossier = reprendre_dossier(
                reprise=form.reprise(),
                argent=form.argent(),
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                actes=form.cleaned_data["actes"],
            )
            messages.success(
                request, "Le dossier est repris. Ses échéances sont calculées des jours réels de ses actes."
            )
            return redirect("dossier", numero=dossier.numero)
    contexte = {
        "form": form,
        "fil": [{"libelle": "Dossiers", "url": "/dossiers/"}, {"libelle": "Reprendre un dossier"}],
    }
    return render(request, "financement/reprendre.html", contexte, status=422 if form.errors else 200)

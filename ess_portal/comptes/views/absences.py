"""One's absences, and those an organisation's manager declares for somebody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable
from ess_portal.socle.typographie import date_fr

from .. import selectors
from ..droits import peut_gerer
from ..forms import AbsenceForm
from ..models import Rattachement
from ..services import absences


@require_http_methods(["GET", "POST"])
def mienne(request: HttpRequest) -> HttpResponse:
    for rattachement in request.rattachements:
        if rattachement.organisation_id == request.acteur.organisation_id:
            return _page(request, rattachement, reverse("compte"))
    raise Introuvable


@require_http_methods(["GET", "POST"])
def pour_autrui(request: HttpRequest, rattachement_id: int) -> HttpResponse:
    rattachement = selectors.rattachement_vu(request.acteur, rattachement_id)
    if not peut_gerer(request.acteur, rattachement.organisation):
        raise Interdit
    if rattachement.organisation_id == request.acteur.organisation_id:
        return _page(request, rattachement, reverse("organisation"))
    return _page(request, rattachement, reverse("organisation_fiche", args=[rattachement.organisation_id]))


def _page(request: HttpRequest, rattachement: Rattachement, retour: str) -> HttpResponse:
    maintenant = horloge.maintenant()
    formulaire = AbsenceForm(request.POST or None, collegues=selectors.collegues(rattachement))
    if request.method == "POST" and formulaire.is_valid():
        try:
            absence = absences.declarer(
                rattachement_id=rattachement.pk, acteur=request.acteur, maintenant=maintenant, **formulaire.cleaned_data
            )
        except ErreurMetier as refus:
            if not refus.champs:
                raise
            for champ, phrases in refus.champs.items():
                formulaire.add_error(champ, phrases)
        else:
            messages.success(request, f"L’absence est déclarée jusqu’au {date_fr(absence.fin)}.")
            return redirect(request.path)
    contexte = {
        "form": formulaire,
        "rattachement": rattachement,
        "propre": rattachement.utilisateur_id == request.acteur.utilisateur_id,
        "absences": selectors.absences_a_venir(rattachement, maintenant),
        "retour": retour,
    }
    return render(request, "comptes/absence.html", contexte, status=422 if formulaire.errors else 200)


@require_POST
def annuler(request: HttpRequest, absence_id: int) -> HttpResponse:
    absence = absences.annuler(absence_id=absence_id, acteur=request.acteur, maintenant=horloge.maintenant())
    messages.success(request, "L’absence est annulée.")
    if absence.utilisateur_id == request.acteur.utilisateur_id:
        return redirect("absence")
    return redirect("organisation_fiche", absence.organisation_id)

"""One's notices for the organisation one acts for, and which of them also come by mail."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ess_portal.socle import horloge
from ess_portal.socle.typographie import accord

from .. import notifications
from ..models import Notification
from ..regles.notifications import AU_CHOIX, LIBELLES, Canal, Genre

PAR_PAGE = 30
CANAUX = (
    (Canal.COURRIEL.value, "Dans le portail et par courriel"),
    (Canal.RECAPITULATIF.value, "Dans le portail et dans le récapitulatif du lundi"),
    (Canal.PORTAIL.value, "Dans le portail seulement"),
)


class PreferencesForm(forms.Form):
    """One choice per kind that may be silenced."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for genre in AU_CHOIX:
            libelle, aide = LIBELLES[genre]
            self.fields[genre.value] = forms.ChoiceField(
                label=libelle, help_text=aide, choices=CANAUX, widget=forms.RadioSelect
            )


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    """The unread ones first, then by age."""
    lignes = Notification.objects.pour(request.acteur).order_by(F("lue_le").asc(nulls_first=True), "-creee_le", "-pk")
    if request.GET.get("etat") == "non_lues":
        lignes = lignes.filter(lue_le=None)
    page = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "page": page,
        "etat": request.GET.get("etat", ""),
        "nombre_non_lues": any(n.lue_le is None for n in page.object_list),
    }
    return render(request, "journal/notifications.html", contexte)


@require_POST
def lire(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Read; asked to `ouvrir`, one goes on to the dossier that it is about."""
    lue = notifications.marquer_lue(
        notification_id=notification_id, acteur=request.acteur, maintenant=horloge.maintenant()
    )
    return redirect("dossier", lue.numero) if lue.numero and "ouvrir" in request.POST else redirect("notifications")


@require_POST
def tout_lire(request: HttpRequest) -> HttpResponse:
    nombre = notifications.marquer_toutes_lues(acteur=request.acteur, maintenant=horloge.maintenant())
    messages.success(request, f"{accord(nombre, 'notification lue', 'notifications lues')}.")
    return redirect("notifications")


@require_http_methods(["GET", "POST"])
def reglages(request: HttpRequest) -> HttpResponse:
    formulaire = PreferencesForm(request.POST or None, initial=notifications.preferences(request.acteur))
    if request.method == "POST" and formulaire.is_valid():
        notifications.choisir(choix=formulaire.cleaned_data, acteur=request.acteur)
        messages.success(request, "Vos préférences sont enregistrées.")
        return redirect("notifications_reglages")
    libelle, precision = LIBELLES[Genre.AGIR]
    contexte = {"form": formulaire, "obligatoire": f"{libelle}\u00a0: {precision[0].lower()}{precision[1:]}"}
    return render(request, "journal/reglages.html", contexte, status=422 if formulaire.errors else 200)

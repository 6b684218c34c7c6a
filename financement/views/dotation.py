"""Page « Dotation » of a dossier: the years side by side, the statement of each; the same as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import disponibles
from dossiers.models import Dossier
from dossiers.views.communs import cadre, reporter
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..forms import dotation as fd
from ..selectors import dotation as page
from .commun import lire_dossier, tenter

FORMES = {"etablir_decompte": fd.Decompte, "controler_annee": fd.Controle}
FAITS = {
    "etablir_decompte": "Le décompte est établi. L’équipe et l’ARS en sont prévenues.",
    "controler_annee": "Le contrôle est inscrit. L’équipe et l’ARS en sont prévenues.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: HttpRequest, numero: str) -> HttpResponse:
    d = lire_dossier(request, numero)
    acte, refus = request.POST.get("acte", ""), None
    if request.method == "POST":
        if acte not in FORMES:
            raise Interdit
        refus = tenter(request, d, acte, request.POST)
        if refus is None:
            messages.success(request, FAITS[acte])
            return redirect("dotation_dossier", numero=numero)
    possibles = {a.nom for a in disponibles(d, request.acteur)}
    contexte = page.page(d, horloge.aujourdhui(d.fuseau))
    for bloc in contexte["blocs"]:
        for nom in FORMES.keys() & possibles if bloc["est_close"] else ():
            bloc[nom] = _formulaire(request, d, nom, bloc, refus)
    return render(
        request,
        "financement/dotation.html",
        {**cadre(request, d, "dotation_dossier", "Dotation"), **contexte},
        status=422 if refus else 200,
    )


def _formulaire(
    request: HttpRequest, d: Dossier, acte: str, bloc: dict[str, Any], refus: ErreurMetier | None
) -> forms.Form:
    """The form of one year, on the page of all of them; a refused one keeps what was typed, with its sentences on the fields."""
    annee = str(bloc["annee"])
    est_refuse = refus is not None and (request.POST.get("acte"), request.POST.get("annee")) == (acte, annee)
    form = FORMES[acte](
        request.POST if est_refuse else None, dossier=d, acteur=request.acteur, initial={"annee": annee}, auto_id=f"id_{acte}_{annee}_%s"
    )  # fmt: skip
    form.fields["annee"].widget = forms.HiddenInput()
    form.fields["acte"] = forms.CharField(widget=forms.HiddenInput(), initial=acte)
    for nom in () if bloc["decompte"] else ("motif_version",):
        form.fields.pop(nom, None)
    # The amount is asked for where the rules give none; a new version may come to that too.
    if not bloc.get("a_arbitrer") and not bloc["decompte"]:
        for nom in ("montant", "motif_montant"):
            form.fields.pop(nom, None)
    if est_refuse and refus is not None and form.is_valid():
        reporter(form, refus)
    return form


@require_safe
def exporter(request: HttpRequest, numero: str) -> HttpResponse:
    """The years side by side, one row each."""
    d = lire_dossier(request, numero)
    octets = tableur.ecrire("csv", "Dotation", page.lignes_csv(d, horloge.aujourdhui(d.fuseau)))
    return reponse_fichier(octets, nom=f"Dotation {d.numero}.csv", type_mime=tableur.TYPES["csv"])

"""Figures of medical demography: what the thresholds read, and their import by an ARS or the national administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.views.communs import reporter
from ess_portal.comptes.views.acces import reservee
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.rendu import FORMATS_DATE
from ess_portal.socle.typographie import accord

from ..models import Demographie
from ..regles.demographie import COLONNES
from ..services.demographie import IMPORTATEURS, Bilan, importer_demographie

PAR_PAGE, ERREURS_MONTREES = 50, 50


class ImportDemographie(forms.Form):
    fichier = forms.FileField(
        label="Fichier des chiffres",
        help_text="CSV, XLSX ou ODS. Une ligne par département et spécialité.",
        error_messages={"required": "Choisissez un fichier."},
    )
    source = forms.CharField(
        label="Source",
        max_length=120,
        help_text="Par exemple\u00a0: RPPS, DREES.",
        error_messages={"required": "Indiquez la source."},
    )
    date_comptage = forms.DateField(
        label="Situation au",
        input_formats=FORMATS_DATE,
        error_messages={"required": "Indiquez la date des chiffres.", "invalid": "Cette date n’est pas valable."},
    )

    def clean_date_comptage(self):
        jour = self.cleaned_data["date_comptage"]
        if jour > horloge.aujourdhui():
            raise forms.ValidationError("La date des chiffres est passée.")
        return jour


@require_http_methods(["GET", "HEAD", "POST"])
@reservee(*IMPORTATEURS)
def page(request: HttpRequest) -> HttpResponse:
    form = ImportDemographie(*((request.POST, request.FILES) if request.method == "POST" else ()))
    erreurs: tuple[tuple[int, str], ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            bilan = importer_demographie(acteur=request.acteur, maintenant=horloge.maintenant(), **form.cleaned_data)
        except ErreurMetier as refus:
            request.annuler = True
            reporter(form, refus)
        else:
            if not bilan.erreurs:
                messages.success(request, _phrase(bilan))
                return redirect("demographie")
            erreurs = bilan.erreurs
    return render(
        request, "adhesions/demographie.html", _contexte(request, form, erreurs), status=422 if form.errors or erreurs else 200
    )  # fmt: skip


def _contexte(request: HttpRequest, form: forms.Form, erreurs: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    lignes = Demographie.objects.select_related("departement", "organisation").order_by(
        "departement_id", "groupe", "-date_comptage"
    )
    if request.acteur.region:
        lignes = lignes.filter(departement__region=request.acteur.region)
    numero = request.GET.get("page", "1")
    page_ = Paginator(lignes, PAR_PAGE).get_page(numero if numero.isdigit() and len(numero) < 6 else 1)
    noms = noms_groupes()
    return {
        "form": form,
        "erreurs": erreurs[:ERREURS_MONTREES],
        "nombre_erreurs": len(erreurs),
        "colonnes": ";".join(COLONNES),
        "page": page_,
        "lignes": [(x, noms.get(x.groupe, x.groupe)) for x in page_.object_list],
    }


def _phrase(b: Bilan) -> str:
    return (
        f"{accord(b.nouveaux, 'chiffre ajouté', 'chiffres ajoutés')}, {accord(b.changes, 'remplacé')}, "
        f"{accord(b.identiques, 'déjà connu', 'déjà connus')}."
    )

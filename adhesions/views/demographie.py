"""Figures of medical demography: what the thresholds read, and their import by an ARS or the national administration."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.views.communs import saisie
from ess_portal.comptes.views.acces import reservee
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle import horloge
from ess_portal.socle.composants import options
from ess_portal.socle.rendu import FORMATS_DATE
from ess_portal.socle.typographie import accord, date_fr

from ..models import Demographie
from ..regles.demographie import COLONNES
from ..services.demographie import IMPORTATEURS, Bilan, importer_demographie

PAR_PAGE, ERREURS_MONTREES = 25, 50


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
        with saisie(request, form):
            bilan = importer_demographie(acteur=request.acteur, maintenant=horloge.maintenant(), **form.cleaned_data)
            if not bilan.erreurs:
                messages.success(request, _phrase(bilan))
                return redirect("demographie")
            erreurs = bilan.erreurs
    return render(
        request, "adhesions/demographie.html", _contexte(request, form, erreurs), status=422 if form.errors or erreurs else 200
    )  # fmt: skip


def _contexte(request: HttpRequest, form: forms.Form, erreurs: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    precedents = Demographie.objects.filter(
        departement=OuterRef("departement"), groupe=OuterRef("groupe"), date_comptage__lt=OuterRef("date_comptage")
    ).order_by("-date_comptage")
    lus = Demographie.objects.all()
    if request.acteur.region:
        lus = lus.filter(departement__region=request.acteur.region)
    noms = noms_groupes()
    departements = Departement.objects.filter(pk__in=lus.values("departement")).order_by("code")
    departement, groupe = request.GET.get("departement", ""), request.GET.get("groupe", "")
    if departement in {d.code for d in departements}:
        lus = lus.filter(departement=departement)
    if groupe in noms:
        lus = lus.filter(groupe=groupe)
    lignes = (
        lus.select_related("departement", "organisation")
        .annotate(
            precedent=Subquery(
                precedents.values(o=JSONObject(liberaux="liberaux", presents="presents", le="date_comptage"))[:1]
            )
        )
        .order_by("departement_id", "groupe", "-date_comptage")
        .distinct("departement_id", "groupe")
    )
    numero = request.GET.get("page", "1")
    page_ = Paginator(lignes, PAR_PAGE).get_page(numero if numero.isdigit() and len(numero) < 6 else 1)
    connus = sorted(
        ((g, noms[g]) for g in set(Demographie.objects.values_list("groupe", flat=True)) & noms.keys()),
        key=lambda x: x[1],
    )
    return {
        "form": form,
        "erreurs": erreurs[:ERREURS_MONTREES],
        "nombre_erreurs": len(erreurs),
        "colonnes": ";".join(COLONNES),
        "page": page_,
        "lignes": [(x, noms.get(x.groupe, x.groupe), _auparavant(x.precedent)) for x in page_.object_list],
        "departement": departement,
        "groupe": groupe,
        "departements": options((("", "Tous"), *((d.code, str(d)) for d in departements)), departement),
        "groupes": options((("", "Toutes"), *connus), groupe),
    }


def _auparavant(precedent: dict[str, Any] | None) -> str:
    if precedent is None:
        return ""
    le = date_fr(date.fromisoformat(precedent["le"]))
    liberaux, presents = precedent["liberaux"], precedent["presents"]
    return f"{accord(liberaux, 'libéral', 'libéraux')} et {accord(presents, 'médecin présent', 'médecins présents')}, au {le}"


def _phrase(b: Bilan) -> str:
    return (
        f"{accord(b.nouveaux, 'chiffre ajouté', 'chiffres ajoutés')}, {accord(b.changes, 'remplacé')}, "
        f"{accord(b.identiques, 'déjà connu', 'déjà connus')}."
    )

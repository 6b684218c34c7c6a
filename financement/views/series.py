"""Series of contracts: chosen on one page, followed on another, which reloads by itself while rows remain."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.views.communs import saisie
from ess_portal.comptes.roles import ARS, CAISSE
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit, Introuvable

from ..forms.series import FormulaireSerie
from ..models import Serie
from ..selectors import series as lecture
from ..services import series as services


def exiger(request: HttpRequest) -> None:
    if request.acteur is None or request.acteur.role not in ARS | CAISSE:
        raise Interdit


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    exiger(request)
    genres = [(genre, libelle, reverse("serie_nouvelle", args=[genre])) for genre, libelle in Serie.Genre.choices]
    page = lecture.liste(request.acteur, request.GET.get("page", ""))
    return render(request, "financement/series.html", {"page": page, "genres": genres})


@require_http_methods(["GET", "HEAD", "POST"])
def nouvelle(request: HttpRequest, genre: str) -> HttpResponse:
    exiger(request)
    if genre not in Serie.Genre.values:
        raise Introuvable
    maintenant = horloge.maintenant()
    tous = list(services.possibles(genre, request.acteur, maintenant)[: services.MAXIMUM])
    form = FormulaireSerie(request.POST if request.method == "POST" else None, genre=genre, possibles=tous)
    if request.method == "POST" and (deja := _deja(request, form)) is not None:
        return redirect("serie", pk=deja.pk)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            serie = services.lancer(genre=genre, acteur=request.acteur, maintenant=maintenant, **form.cleaned_data)
            messages.success(request, "La série est lancée. Vous pouvez quitter cette page\u00a0: elle continue.")
            return redirect("serie", pk=serie.pk)
    contexte = {
        "form": form,
        "titre": Serie.Genre(genre).label,
        "possibles": tous,
        "fil": _fil(Serie.Genre(genre).label),
    }
    return render(request, "financement/serie_nouvelle.html", contexte, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def serie(request: HttpRequest, pk: int) -> HttpResponse:
    exiger(request)
    if request.method == "POST":
        services.reprendre(pk=pk, acteur=request.acteur, maintenant=horloge.maintenant())
        return redirect("serie", pk=pk)
    lue = lecture.une(request.acteur, pk, request.GET.get("page", ""))
    return render(
        request, "financement/serie.html", {**lue, "fixe": "fixe" in request.GET, "fil": _fil(str(lue["serie"]))}
    )


def _deja(request: HttpRequest, form: FormulaireSerie) -> Serie | None:
    """The series that this very form has asked for: sent again, its dossiers are no longer to choose."""
    form.full_clean()
    cle = form.cleaned_data.get("cle")
    return Serie.objects.pour(request.acteur).filter(cle=cle).first() if cle else None


def _fil(ici: str) -> list[dict[str, str]]:
    return [{"libelle": "Séries de contrats", "url": reverse("series")}, {"libelle": ici}]

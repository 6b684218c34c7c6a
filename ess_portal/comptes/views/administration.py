"""The administrators' entrance: organisations and people of the region, or of the country."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import selectors
from ..forms import RechercheForm
from .acces import reservee

PAR_PAGE = 50


@require_safe
@reservee()
def accueil(request: HttpRequest) -> HttpResponse:
    return render(request, "administration/accueil.html")


@require_safe
@reservee()
def organisations(request: HttpRequest) -> HttpResponse:
    formulaire = RechercheForm(request.GET)
    criteres = formulaire.cleaned_data if formulaire.is_valid() else {}
    page = Paginator(selectors.organisations(request.acteur, **criteres), PAR_PAGE).get_page(request.GET.get("page"))
    recherche = criteres.get("recherche", "")
    trouvees = selectors.personnes_trouvees(request.acteur, recherche) if recherche else []
    return render(
        request, "administration/organisations.html", {"form": formulaire, "page": page, "personnes": trouvees}
    )

"""One adhérent: identity, acts, documents, and the history in its two readings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ess_portal.socle import horloge

from .. import selectors
from ..services.certificat import editer_certificat
from .adherents import cadre_adherents


@require_safe
def montrer(request: HttpRequest, numero: str, adhesion: int) -> HttpResponse:
    page = selectors.page_adherent(
        numero,
        adhesion,
        acteur=request.acteur,
        maintenant=horloge.maintenant(),
        connu_le=request.GET.get("connu_le", "")[:10],
    )
    contexte = page | cadre_adherents(request, page["dossier"], page["adhesion"].nom_complet)
    return render(request, "adhesions/adherent.html", contexte)


@require_POST
def certifier(request: HttpRequest, numero: str, adhesion: int) -> HttpResponse:
    document = editer_certificat(
        numero=numero, adhesion=adhesion, acteur=request.acteur, maintenant=horloge.maintenant()
    )
    return redirect("document", document.pk)

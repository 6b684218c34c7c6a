"""The dossier as it stood at a past instant, for litigation: read, printed, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.models import Dossier
from dossiers.views.communs import cadre, dossier_ou_404
from ess_portal.socle import horloge
from ess_portal.socle.typographie import instant_fr

from ..passe import page as passe
from ..regles.passe import InstantInvalide, lire_instant

TITRE = "À une date passée"


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    contexte: dict[str, Any] = {"saisi": request.GET.get("instant", ""), "erreur": "", "vues": [], "avant": ""}
    if contexte["saisi"]:
        try:
            instant = lire_instant(contexte["saisi"], dossier.fuseau, horloge.maintenant())
        except InstantInvalide as refus:
            contexte["erreur"] = str(refus)
        else:
            contexte |= _situation(request, dossier, instant)
    return render(
        request,
        "indicateurs/passe.html",
        cadre(request, dossier, "dossier_au", TITRE) | contexte,
        status=422 if contexte["erreur"] else 200,
    )


def _situation(request: HttpRequest, dossier: Dossier, instant: datetime) -> dict[str, Any]:
    dit = instant_fr(instant, dossier.fuseau)
    saisi = instant.astimezone(ZoneInfo(dossier.fuseau)).strftime("%Y-%m-%dT%H:%M")
    if instant < dossier.cree_le and not _recue_avant(dossier, instant):
        cree = instant_fr(dossier.cree_le, dossier.fuseau)
        return {"avant": f"Le {dit}, ce dossier n’existait pas\u00a0: il a été créé le {cree}.", "saisi": saisi}
    return {"vues": passe.lectures(dossier, request.acteur, instant), "dit": dit, "saisi": saisi}


def _recue_avant(dossier: Dossier, instant: datetime) -> bool:
    """Had its letter come by then, entered in the portal afterwards (CAL-8)?"""
    return dossier.evenements.filter(type="enregistrer_lettre", legal_le__lte=instant).exists()

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
VIDE = {"vue": None, "ecarts": (), "changements": None, "avant": "", "dits": (), "saisis": ()}
CHAMPS = ("instant", "jusqu_au")
PREMIER = "Indiquez d’abord ce jour."
MEMES = "Choisissez un autre instant que le premier."


@require_safe
def page(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    contexte: dict[str, Any] = VIDE | {nom: request.GET.get(nom, "") for nom in CHAMPS}
    erreurs = dict.fromkeys(CHAMPS, "")
    lus: dict[str, datetime] = {}
    for nom in CHAMPS:
        if contexte[nom]:
            try:
                lus[nom] = lire_instant(contexte[nom], dossier.fuseau, horloge.maintenant())
            except InstantInvalide as refus:
                erreurs[nom] = str(refus)
    if "jusqu_au" in lus and "instant" not in lus:
        erreurs["instant"] = erreurs["instant"] or PREMIER
    elif len(set(lus.values())) < len(lus):
        erreurs["jusqu_au"] = MEMES
    refusee = any(erreurs.values())
    if lus and not refusee:
        contexte |= _lire(request, dossier, sorted(lus.values()))
    return render(
        request,
        "indicateurs/passe.html",
        cadre(request, dossier, "dossier_au", TITRE) | contexte | {"erreurs": erreurs},
        status=422 if refusee else 200,
    )


def _lire(request: HttpRequest, dossier: Dossier, instants: list[datetime]) -> dict[str, Any]:
    """One instant: the dossier as it stood. Two, in any order: what changed from one to the other."""
    saisis = [i.astimezone(ZoneInfo(dossier.fuseau)).strftime("%Y-%m-%dT%H:%M") for i in instants]
    dits = [instant_fr(i, dossier.fuseau) for i in instants]
    contexte: dict[str, Any] = dict(zip(CHAMPS, saisis, strict=False)) | {"dits": dits, "saisis": saisis}
    if instants[0] < dossier.cree_le and not _recue_avant(dossier, instants[0]):
        cree = instant_fr(dossier.cree_le, dossier.fuseau)
        avant = f"Le {dits[0]}, ce dossier n’existait pas\u00a0: il a été créé le {cree}."
        return contexte | {"avant": avant}
    if len(instants) == 2:
        return contexte | {"changements": passe.changements(dossier, request.acteur, *instants)}
    lue = passe.situation(dossier, request.acteur, instants[0])
    return contexte | {"vue": lue.vue, "ecarts": lue.ecarts}


def _recue_avant(dossier: Dossier, instant: datetime) -> bool:
    """Had its letter come by then, entered in the portal afterwards (CAL-8)?"""
    return dossier.evenements.filter(type="enregistrer_lettre", legal_le__lte=instant).exists()

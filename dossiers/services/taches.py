"""Tasks that are answered by another act than their own: closed with the act that did, and listed no more once they make no sense."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from ..models import Dossier, Tache
from ..regles.taches import ETAPES, est_attendue
from . import plis

REPONDUE = "Close avec l’acte qui y répond."


def clore_repondues(dossier: Dossier, *, maintenant: datetime) -> None:
    """Closes what the dossier's step, the avis that was given, or the proof that came has answered. `dossier`: as it now stands, with
    its avis.
    """
    rendus = {f"{a.objet}:{a.version}" for a in dossier.avis.all() if a.rendu_le is not None}
    ouvertes = list(
        Tache.objects.filter(dossier=dossier, type__in=ETAPES, faite_le=None).values_list("pk", "type", "cle")
    )
    attendus = plis.attendus(dossier) if any(t == Tache.Type.PRESENTATION_PLI for _, t, _ in ouvertes) else ()
    closes = [
        pk
        for pk, type_, cle in ouvertes
        if not est_attendue(type_, dossier.statut)
        or (type_ == Tache.Type.AVIS_EN_RETARD and ":".join(cle.split(":")[1:3]) in rendus)
        or (plis.est_d_une_decision(cle) and cle not in attendus)
    ]
    if closes:
        Tache.objects.filter(pk__in=closes).update(faite_le=maintenant, commentaire=REPONDUE)


def attendues() -> Q:
    """Of rows not done, those whose dossier is at a step where they make sense."""
    par_etape = Q()
    for type_, statuts in ETAPES.items():
        par_etape |= Q(type=type_, dossier__statut__in=statuts)
    return par_etape | ~Q(type__in=ETAPES)

"""Tasks that are answered by another act than their own: closed with the act that did, and listed no more once they make no sense."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from ..models import Dossier, Tache
from ..regles.taches import ETAPES, est_attendue

REPONDUE = "Close avec l’acte qui y répond."


def clore_repondues(dossier: Dossier, *, maintenant: datetime) -> None:
    """Closes what the dossier's step, or the avis that was given, has answered. `dossier`: as it now stands, with its avis."""
    rendus = {f"{a.objet}:{a.version}" for a in dossier.avis.all() if a.rendu_le is not None}
    ouvertes = Tache.objects.filter(dossier=dossier, type__in=ETAPES, faite_le=None)
    closes = [
        pk
        for pk, type_, cle in ouvertes.values_list("pk", "type", "cle")
        if not est_attendue(type_, dossier.statut)
        or (type_ == Tache.Type.AVIS_EN_RETARD and ":".join(cle.split(":")[1:3]) in rendus)
    ]
    if closes:
        Tache.objects.filter(pk__in=closes).update(faite_le=maintenant, commentaire=REPONDUE)


def attendues() -> Q:
    """Of rows not done, those whose dossier is at a step where they make sense."""
    par_etape = Q()
    for type_, statuts in ETAPES.items():
        par_etape |= Q(type=type_, dossier__statut__in=statuts)
    return par_etape | ~Q(type__in=ETAPES)

"""Silence examines nothing, yet its decision keeps the grid as the facts stood on its legal day, like any other (CRI, CAL-9).

The scan writes its decisions without a grid, and costs nothing more: this pass comes after it, and whatever cut the two apart is made
up for by the next one. Before an act on a dossier, its own decision is frozen first: the act's facts never enter it.
"""

from __future__ import annotations

from django.db import transaction

from ess_portal.comptes.locataire import comme_portail

from .. import grille
from ..models import Decision

LOT = 50


def figer(*, numero: str | None = None, lot: int = LOT) -> int:
    """Freezes the grid of every tacit decision that has none, in chunks of its own transaction each; gives the count.

    With `numero`, only that dossier's, in the running transaction, waiting for its locks. Two passes share the work.
    """
    total = 0
    while n := _un_lot(numero, lot):
        total += n
    return total


def _un_lot(numero: str | None, lot: int) -> int:
    with transaction.atomic(), comme_portail():
        sans_grille = Decision.objects.sans_grille()
        if numero is not None:
            sans_grille = sans_grille.filter(dossier__numero=numero)
        decisions = list(
            sans_grille.select_for_update(of=("self",), skip_locked=numero is None)
            .select_related("dossier__lettre", "dossier__association")
            .prefetch_related("dossier__derogations", "dossier__jugements", "dossier__projets")
            .order_by("pk")[:lot]
        )
        for d in decisions:
            d.grille = grille.figer(grille.constats(d.dossier, d.objet, d.date_acquise))
        Decision.objects.bulk_update(decisions, ["grille"])
    return len(decisions)

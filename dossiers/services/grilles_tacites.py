"""Silence examines nothing, yet its decision keeps the grid as the facts stood on its legal day, like any other (CRI, CAL-9).

The scan writes its decisions without a grid, and costs nothing more: this pass comes after it, and whatever cut the two apart is made
up for by the next one. Before an act on a dossier, its own decision is frozen first: the act's facts never enter it.
"""

from __future__ import annotations

import logging

from django.db import transaction

from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.erreurs import ErreurMetier

from .. import grille
from ..models import Decision

# An act waits for the chunk that holds its decision.
LOT = 10
# What facts that do not fit can raise. A lock that does not come or a lost connection is not one of them: it goes up.
FAUTES = (ErreurMetier, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

journal = logging.getLogger(__name__)


class GrilleEnFaute(Exception):
    """The grid of one decision could not be established; nothing of its chunk was written."""

    def __init__(self, decision: int, numero: str) -> None:
        self.decision = decision
        super().__init__(f"{numero}, décision {decision}")


def figer(*, numero: str | None = None, lot: int = LOT) -> int:
    """Freezes the grid of every tacit decision that has none, in chunks of its own transaction each; gives the count.

    Two passes share the work. A decision whose grid cannot be established holds up no other one: once all the others are frozen, a
    group of GrilleEnFaute names them. With `numero`, only that dossier's, in the running transaction, waiting for its locks; a fault
    is written in the log and holds up no act: the law does not wait for a grid.
    """
    total, fautes = 0, []
    while True:
        try:
            if not (n := _un_lot(numero, lot, [faute.decision for faute in fautes])):
                break
            total += n
        except GrilleEnFaute as faute:
            fautes.append(faute)
            journal.error("grille d’une décision tacite : %s", faute, exc_info=faute)
    if fautes and numero is None:
        raise ExceptionGroup(f"{total} grilles figées, {len(fautes)} en faute", fautes)
    return total


def _un_lot(numero: str | None, lot: int, sauf: list[int]) -> int:
    with transaction.atomic(), comme_portail():
        sans_grille = Decision.objects.sans_grille().exclude(pk__in=sauf)
        if numero is not None:
            sans_grille = sans_grille.filter(dossier__numero=numero)
        decisions = list(
            sans_grille.select_for_update(of=("self",), skip_locked=numero is None)
            .select_related("dossier__lettre", "dossier__association")
            .prefetch_related("dossier__derogations", "dossier__jugements", "dossier__projets")
            .order_by("pk")[:lot]
        )
        for d in decisions:
            d.grille = _etablir(d)
        Decision.objects.bulk_update(decisions, ["grille"])
    return len(decisions)


def _etablir(decision: Decision) -> list[dict]:
    try:
        constats = grille.figer(grille.constats(decision.dossier, decision.objet, decision.date_acquise))
        if not constats:
            raise ValueError("aucun critère")
    except FAUTES as erreur:
        raise GrilleEnFaute(decision.pk, decision.dossier.numero) from erreur
    return constats

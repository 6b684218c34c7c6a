"""Where a headcount goes (CRI-4): the days it crossed a target, and the day it would reach it at the pace of the last twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

ANNEE = 365
HORIZON = 10 * ANNEE
Marche = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Projection:
    """`etat`: atteint (since `jour`), prevu (on `jour`), non_estimable (`raison` says why)."""

    etat: str
    jour: date | None = None
    raison: str = ""


@dataclass(frozen=True, slots=True)
class Rupture:
    """The day a target that was met stopped being met, with the counts before and after."""

    jour: date
    avant: int
    apres: int


def valeur(marches: Sequence[Marche], jour: date) -> int:
    """The headcount of a day; zero before the first step."""
    return next((n for du, n in reversed(marches) if du <= jour), 0)


def projeter(marches: Sequence[Marche], jour: date, requis: int | None, *, premiere: date | None) -> Projection:
    """Linear: the gain between this day and the same day 365 days before, carried on. `premiere`: the first adhésion, without which
    there is no year behind.
    """
    if requis is None:
        return Projection("non_estimable", raison="aucun libéral recensé sur le territoire")
    actuel = valeur(marches, jour)
    if actuel >= requis:
        sous = [du for du, n in marches if du <= jour and n < requis]
        depuis = next((du for du, n in marches if n >= requis and (not sous or du > sous[-1])), jour)
        return Projection("atteint", depuis)
    if premiere is None or premiere > jour - timedelta(days=ANNEE):
        return Projection("non_estimable", raison="moins de douze mois d’adhésions")
    gain = actuel - valeur(marches, jour - timedelta(days=ANNEE))
    if gain <= 0:
        return Projection("non_estimable", raison="pas de progression sur les douze derniers mois")
    attente = -(-(requis - actuel) * ANNEE // gain)
    if attente > HORIZON:
        return Projection("non_estimable", raison="plus de dix ans au rythme actuel")
    return Projection("prevu", jour + timedelta(days=attente))


def ruptures(marches: Sequence[Marche], requis: int | None) -> tuple[Rupture, ...]:
    """Every day on which the headcount falls under the target, once per crossing."""
    if requis is None:
        return ()
    return tuple(Rupture(du, avant, n) for (_, avant), (du, n) in pairwise(marches) if avant >= requis > n)

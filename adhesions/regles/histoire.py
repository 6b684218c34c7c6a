"""The history of one adhésion as successive slices: from which day to which day, under which practice (ADH-1).

A *change* is true from its day on and leaves the days before as they were; a *correction* says that what was written was never
true. Slices touch, do not overlap, and two neighbours differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

VEILLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exercice:
    """What the counting rules read of a professional."""

    specialite: str
    mode: str
    departements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tranche:
    """Days on which the practice does not change, both included (`au` None: still running)."""

    du: date
    au: date | None
    exercice: Exercice

    def couvre(self, jour: date) -> bool:
        return self.du <= jour and (self.au is None or jour <= self.au)


Histoire = tuple[Tranche, ...]


def signer(jour: date, exercice: Exercice, sortie: date | None = None) -> Histoire:
    """It counts from the day of the signature (ADH-1)."""
    return (Tranche(jour, sortie, exercice),)


def borner(histoire: Histoire, du: date, au: date | None) -> Histoire:
    """The same practices between two other ends: a slice out of them goes, the first and the last reach them."""
    if au is not None and au < du:
        raise ValueError("l’adhésion finirait avant de commencer")
    dedans = [t for t in histoire if (au is None or t.du <= au) and (t.au is None or t.au >= du)]
    if not dedans:
        dedans = [histoire[-1]] if du > histoire[0].du else [histoire[0]]
    dedans[0] = replace(dedans[0], du=du)
    dedans[-1] = replace(dedans[-1], au=au)
    return tuple(dedans)


def changer(histoire: Histoire, jour: date, exercice: Exercice) -> Histoire:
    """From a day on, until the next change already known; the days before keep their practice. Raises ValueError outside the adhésion."""
    nouvelle: list[Tranche] = []
    for tranche in histoire:
        if not tranche.couvre(jour):
            nouvelle.append(tranche)
            continue
        if tranche.du < jour:
            nouvelle.append(replace(tranche, au=jour - VEILLE))
        nouvelle.append(Tranche(jour, tranche.au, exercice))
    if not any(t.couvre(jour) for t in histoire):
        raise ValueError("ce jour est hors de l’adhésion")
    return fusionner(nouvelle)


def corriger(histoire: Histoire, jour: date, exercice: Exercice) -> Histoire:
    """The whole slice that holds this day was wrongly written. Raises ValueError outside the adhésion."""
    if not any(t.couvre(jour) for t in histoire):
        raise ValueError("ce jour est hors de l’adhésion")
    return fusionner([replace(t, exercice=exercice) if t.couvre(jour) else t for t in histoire])


def fusionner(tranches: list[Tranche]) -> Histoire:
    """Neighbours of the same practice are one slice."""
    suite: list[Tranche] = []
    for tranche in tranches:
        if suite and suite[-1].exercice == tranche.exercice and suite[-1].au == tranche.du - VEILLE:
            suite[-1] = replace(suite[-1], au=tranche.au)
        else:
            suite.append(tranche)
    return tuple(suite)

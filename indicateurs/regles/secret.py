"""Statistical secrecy of a table of counts that is published with its totals (IND, national aggregates).

A count from 1 to `SEUIL` − 1 is hidden, a zero is not: nobody is behind it. Hiding is not enough where a total gives the number back:
other counts are then hidden too, as few as this can find, until each hidden small count could be another number for a reader
who knows everything that is shown and that no count is negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SEUIL = 5
Cellule = tuple[int, int]
Grille = list[list[int]]


@dataclass(frozen=True)
class Publie:
    """None stands for a hidden count."""

    cellules: tuple[tuple[int | None, ...], ...]
    totaux_lignes: tuple[int | None, ...]
    totaux_colonnes: tuple[int | None, ...]
    total: int | None


def publier(lignes: Sequence[Sequence[int]], *, seuil: int = SEUIL) -> Publie:
    """The table as it may be shown. Rows of one length, counts ≥ 0; ValueError otherwise."""
    grille = _avec_totaux(lignes)
    caches = {(r, c) for r, ligne in enumerate(grille) for c, n in enumerate(ligne) if 0 < n < seuil}
    while nue := next(
        (x for x in sorted(caches) if 0 < _lire(grille, x) < seuil and not protegee(grille, caches, x)), None
    ):
        caches |= _complement(grille, caches, nue)
    vus = [[None if (r, c) in caches else n for c, n in enumerate(ligne)] for r, ligne in enumerate(grille)]
    return Publie(
        tuple(tuple(ligne[:-1]) for ligne in vus[:-1]), tuple(ligne[-1] for ligne in vus[:-1]), tuple(vus[-1][:-1]), vus[-1][-1]
    )  # fmt: skip


def protegee(grille: Grille, caches: set[Cellule], cellule: Cellule) -> bool:
    """Whether this hidden count could be one more or one less, the shown ones being what they are.

    The hidden counts are the edges of a graph between rows and columns: a closed walk through `cellule` that goes up on one edge and
    down on the next changes no total, and a count of zero cannot go down.
    """
    return any(_boucle(grille, caches, cellule, monte) for monte in (True, False))


def _boucle(grille: Grille, caches: set[Cellule], cellule: Cellule, monte: bool) -> bool:
    if not monte and not _lire(grille, cellule):
        return False
    depart, arrivee = _arc(grille, cellule, monte)
    vus, file = {arrivee}, [arrivee]
    while file:
        noeud = file.pop()
        if noeud == depart:
            return True
        for suivant in _suivants(grille, caches - {cellule}, noeud):
            if suivant not in vus:
                vus.add(suivant)
                file.append(suivant)
    return False


def _arc(grille: Grille, cellule: Cellule, monte: bool) -> tuple[Cellule, Cellule]:
    """A row is (0, r), a column (1, c). Going up leads from the row to the column; in a total, whose sign is opposite, back."""
    ligne, colonne = (0, cellule[0]), (1, cellule[1])
    oppose = (cellule[0] == len(grille) - 1) != (cellule[1] == len(grille[0]) - 1)
    return (ligne, colonne) if monte != oppose else (colonne, ligne)


def _suivants(grille: Grille, caches: set[Cellule], noeud: Cellule) -> Iterator[Cellule]:
    for cellule in caches:
        if noeud in ((0, cellule[0]), (1, cellule[1])):
            for monte in (True, False) if _lire(grille, cellule) else (True,):
                depart, arrivee = _arc(grille, cellule, monte)
                if depart == noeud:
                    yield arrivee


def _complement(grille: Grille, caches: set[Cellule], cellule: Cellule) -> set[Cellule]:
    """The three other corners of the cheapest rectangle that protects a count; totals are hidden last."""
    r, c = cellule
    choix = []
    for autre_r in range(len(grille)):
        for autre_c in range(len(grille[0])):
            if autre_r == r or autre_c == c:
                continue
            coins = {(r, autre_c), (autre_r, c), (autre_r, autre_c)}
            if protegee(grille, caches | coins, cellule):
                nouveaux = coins - caches
                totaux = sum(x == len(grille) - 1 or y == len(grille[0]) - 1 for x, y in nouveaux)
                choix.append((totaux, sum(_lire(grille, x) for x in nouveaux), sorted(nouveaux)))
    return set(min(choix)[2])


def _lire(grille: Grille, cellule: Cellule) -> int:
    return grille[cellule[0]][cellule[1]]


def _avec_totaux(lignes: Sequence[Sequence[int]]) -> Grille:
    if not lignes or not lignes[0] or any(len(ligne) != len(lignes[0]) or min(ligne) < 0 for ligne in lignes):
        raise ValueError("un tableau a des lignes de même longueur et des effectifs positifs ou nuls")
    grille = [[*ligne, sum(ligne)] for ligne in lignes]
    return [*grille, [sum(colonne) for colonne in zip(*grille, strict=True)]]

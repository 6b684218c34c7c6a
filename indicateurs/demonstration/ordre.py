"""In which order the lives are begun, and which ones wait for others: the ground of an équipe is taken by who was there first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .programme import D_ABORD, lignes
from .scene import Fiche


def dependances(groupes: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """équipe → the older ones that its life reads or locks: of the same code, or of the same group and département.

    `groupes`: the groups of each specialty, as the reference data have them.
    """
    vues: dict[object, list[str]] = {}
    apres: dict[str, set[str]] = {}
    for fiche, _recit in lignes():
        apres[fiche.equipe] = set()
        for prise in prises(fiche, groupes):
            apres[fiche.equipe] |= set(vues.setdefault(prise, []))
            vues[prise].append(fiche.equipe)
    return apres


def prises(fiche: Fiche, groupes: Mapping[str, Iterable[str]]) -> set[object]:
    """What a life takes that another one may want: its codes, and its grounds."""
    codes = {fiche.code, fiche.organisation} - {""}
    return codes | {(g, d) for s in fiche.specialites for g in groupes.get(s, (s,)) for d in fiche.departements}


def ordonner(voulues: Iterable[str], apres: Mapping[str, set[str]]) -> list[str]:
    """D_ABORD, then the youngest first, whose lives are short; each one behind those that it waits for."""
    ages = {fiche.equipe: fiche.age for fiche, _ in lignes()}
    rangs = {equipe: rang for rang, equipe in enumerate(D_ABORD)}
    attendues = sorted(voulues, key=lambda equipe: (rangs.get(equipe, len(rangs)), ages[equipe]))
    placees: dict[str, None] = {}

    def placer(equipe: str) -> None:
        if equipe not in placees:
            for avant in sorted(apres[equipe] & set(attendues), key=lambda e: -ages[e]):
                placer(avant)
            placees[equipe] = None

    for equipe in attendues:
        placer(equipe)
    return list(placees)

"""Perimeters: is a set of départements in one piece (CRI-1b)?"""

from __future__ import annotations

from collections.abc import Collection, Mapping


def composantes(departements: Collection[str], voisinages: Mapping[str, Collection[str]]) -> tuple[frozenset[str], ...]:
    """The connected pieces of a perimeter, by adjacency. A département without known neighbour is a piece of its own."""
    restants, morceaux = set(departements), []
    while restants:
        a_voir, morceau = [min(restants)], set()
        while a_voir:
            code = a_voir.pop()
            if code in morceau:
                continue
            morceau.add(code)
            a_voir.extend(v for v in voisinages.get(code, ()) if v in restants and v not in morceau)
        restants -= morceau
        morceaux.append(frozenset(morceau))
    return tuple(morceaux)


def est_continu(departements: Collection[str], voisinages: Mapping[str, Collection[str]]) -> bool:
    """True for one connected piece; an empty perimeter is not one."""
    return len(composantes(departements, voisinages)) == 1

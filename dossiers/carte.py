"""The map of the territory step: the départements as shapes, with a frame that holds those shown. The list of ticks commands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from ess_portal.referentiel.models import Departement

MARGE = 6.0
# On screen the codes keep one size: the stylesheet writes them for a frame of this width.
LARGEUR = 480.0
GRILLE = 14
_JETON = re.compile(r"[MmLlHhVvZz]|-?\d*\.?\d+")
Point = tuple[float, float]


@lru_cache(maxsize=256)
def polygones(trace: str) -> tuple[tuple[Point, ...], ...]:
    """The shapes of a path made of moves and lines, absolute or relative: a département with islands has several."""
    x = y = 0.0
    formes: list[list[Point]] = []
    commande, nombres = "M", []
    for jeton in _JETON.findall(trace):
        if jeton.isalpha():
            commande, nombres = jeton, []
            continue
        nombres.append(float(jeton))
        relatif = commande.islower()
        if commande in "Hh":
            x = x + nombres.pop() if relatif else nombres.pop()
        elif commande in "Vv":
            y = y + nombres.pop() if relatif else nombres.pop()
        elif len(nombres) == 2:
            x, y = (x + nombres[0], y + nombres[1]) if relatif else (nombres[0], nombres[1])
            nombres = []
        else:
            continue
        if commande in "Mm":
            formes.append([])
            commande = "l" if relatif else "L"
        formes[-1].append((x, y))
    return tuple(tuple(forme) for forme in formes)


def dessiner(
    departements: Iterable[Departement],
    choisis: Collection[str],
    couverts: Collection[str],
    instruits: Collection[str] = (),
) -> dict[str, Any]:
    """`zones` and `vue` of the map component: every shape scaled to one width, its code in the middle."""
    traces = [(d, polygones(d.trace)) for d in departements if d.trace]
    sommets = [p for _, formes in traces for forme in formes for p in forme]
    if not sommets:
        return {"zones": [], "vue": "0 0 1 1"}
    gauche, haut = min(x for x, _ in sommets), min(y for _, y in sommets)
    droite, bas = max(x for x, _ in sommets), max(y for _, y in sommets)
    echelle = (LARGEUR - 2 * MARGE) / max(droite - gauche, bas - haut, 1.0)

    def place(p: Point) -> Point:
        return round((p[0] - gauche) * echelle + MARGE, 1), round((p[1] - haut) * echelle + MARGE, 1)

    zones = []
    for d, formes in traces:
        contours = [[place(p) for p in forme] for forme in formes]
        x, y = place(centre(d.trace))
        zones.append(
            {
                "code": d.code,
                "nom": d.nom,
                "chemin": "".join(f"M{'L'.join(f'{a} {b}' for a, b in contour)}Z" for contour in contours),
                "x": f"{x:.1f}",  # text: a template would write a French comma
                "y": f"{y + 6:.1f}",
                "choisi": d.code in choisis,
                "couvert": d.code in couverts,
                "instruit": d.code in instruits and d.code not in couverts,
            }
        )
    largeur, hauteur = place((droite, bas))
    return {"zones": zones, "vue": f"0 0 {largeur + MARGE:g} {hauteur + MARGE:g}"}


@lru_cache(maxsize=256)
def centre(trace: str) -> Point:
    """The point of the largest shape that is farthest from its border, to the grid's step: where a code is written whole."""
    contour = max(polygones(trace), key=len)
    xs, ys = [x for x, _ in contour], [y for _, y in contour]
    cotes = list(zip(contour, contour[1:] + contour[:1], strict=True))
    candidats = [
        (min(xs) + (max(xs) - min(xs)) * i / GRILLE, min(ys) + (max(ys) - min(ys)) * j / GRILLE)
        for i in range(1, GRILLE)
        for j in range(1, GRILLE)
    ]
    dedans = [p for p in candidats if _contient(cotes, p)]
    return max(dedans, key=lambda p: min(_ecart(p, a, b) for a, b in cotes), default=contour[0])


def _contient(cotes: list[tuple[Point, Point]], p: Point) -> bool:
    """A ray to the right crosses the border an odd number of times."""
    x, y = p
    return (
        sum((y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in cotes) % 2 == 1
    )


def _ecart(p: Point, a: Point, b: Point) -> float:
    """Distance to a segment, squared."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    longueur = dx * dx + dy * dy
    t = 0.0 if longueur == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / longueur))
    return (p[0] - a[0] - t * dx) ** 2 + (p[1] - a[1] - t * dy) ** 2

"""Values over time, joined by a line: one line per series, its last value written beside it, a gap where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .barres import Rang

LARGEUR, HAUTEUR = 480, 220
GAUCHE, DROITE, HAUT, BAS = 20, 112, 18, 34
REPERES_MAX = 6  # beyond, labels would run into each other: one out of so many is written, the last one always
SERIES_MAX = 2  # a full line and a dashed one


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    bulle: str


@dataclass(frozen=True)
class Ligne:
    chemin: str
    points: tuple[Point, ...]
    serie: int
    texte: str
    texte_y: float


@dataclass(frozen=True)
class Courbe:
    genre: str
    largeur: int
    hauteur: int
    base: int
    lignes: tuple[Ligne, ...]
    reperes: tuple[tuple[float, str], ...]
    series: tuple[str, ...]
    rangs: tuple[Rang, ...]
    entete: str

    @property
    def texte_x(self) -> int:
        return LARGEUR - DROITE + 10

    @property
    def est_vide(self) -> bool:
        return not any(ligne.points for ligne in self.lignes)


def courbe(entete: str, series: Sequence[str], rangs: Sequence[Rang]) -> Courbe:
    """`rangs` in the order of time. The scale starts at zero. Raises ValueError for more series than can be told apart."""
    if len(series) > SERIES_MAX:
        raise ValueError("deux séries au plus")
    sommet = max((v for r in rangs for v in r.valeurs if v is not None), default=0) or 1
    pas = (LARGEUR - GAUCHE - DROITE) / max(len(rangs) - 1, 1)

    def x(rang: int) -> float:
        return round(GAUCHE + pas * rang, 1) if len(rangs) > 1 else (LARGEUR - DROITE) / 2

    def y(valeur: int | Decimal) -> float:
        return round(HAUT + (HAUTEUR - HAUT - BAS) * (1 - float(valeur) / float(sommet)), 1)

    lignes = []
    for serie, nom in enumerate(series):
        points, trace, suite = list[Point](), "", False
        for rang, r in enumerate(rangs):
            valeur = r.valeurs[serie]
            if valeur is None:
                suite = False
                continue
            trace += f"{'L' if suite else 'M'}{x(rang):g} {y(valeur):g}"
            points.append(Point(x(rang), y(valeur), f"{nom}, {r.libelle}\u00a0: {r.mots[serie]}"))
            suite = True
        dernier = next((r.mots[serie] for r in reversed(rangs) if r.valeurs[serie] is not None), "")
        lignes.append(Ligne(trace, tuple(points), serie, dernier, points[-1].y + 5 if points else 0))
    return Courbe(
        "courbe", LARGEUR, HAUTEUR, HAUTEUR - BAS, _ecarter(lignes), _reperes([(x(n), r.libelle) for n, r in enumerate(rangs)]),
        tuple(series), tuple(rangs), entete,
    )  # fmt: skip


def _reperes(tous: Sequence[tuple[float, str]]) -> tuple[tuple[float, str], ...]:
    pas = -(-len(tous) // REPERES_MAX) or 1
    return tuple(tous[::-1][::pas][::-1])


def _ecarter(lignes: list[Ligne]) -> tuple[Ligne, ...]:
    """Two last values too near to be read are written one above the other."""
    if len(lignes) < 2 or abs(lignes[0].texte_y - lignes[1].texte_y) >= 16:
        return tuple(lignes)
    haute, basse = sorted(lignes, key=lambda ligne: ligne.texte_y)
    milieu = (haute.texte_y + basse.texte_y) / 2
    places = {haute.serie: milieu - 8, basse.serie: milieu + 8}
    return tuple(Ligne(ligne.chemin, ligne.points, ligne.serie, ligne.texte, places[ligne.serie]) for ligne in lignes)

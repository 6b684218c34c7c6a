"""Horizontal bars, one or several for each label, and the funnel, whose bars are centred. Labels stand above: a phone shows them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ess_portal.socle.typographie import nombre

LARGEUR, TRAIT, ECART, TITRE = 480, 18, 14, 22
VALEUR = 96  # room kept on the right for what a bar is worth
SERIES_MAX = 3  # told apart without colour: full, outlined, hatched
CACHE = "masqué"


@dataclass(frozen=True)
class Rang:
    """A label and one value per series; None for a count that is not shown. `textes`: the values in words, `url`: the rows behind them."""

    libelle: str
    valeurs: tuple[int | Decimal | None, ...]
    textes: tuple[str, ...] = ()
    url: str = ""

    @property
    def mots(self) -> tuple[str, ...]:
        return self.textes or tuple(CACHE if v is None else nombre(v) for v in self.valeurs)


@dataclass(frozen=True)
class Trait:
    x: float
    y: float
    largeur: float
    serie: int
    texte: str
    texte_x: float
    texte_y: float


@dataclass(frozen=True)
class Groupe:
    libelle: str
    y: float
    traits: tuple[Trait, ...]
    url: str
    bulle: str


@dataclass(frozen=True)
class Dessin:
    """`genre` names the template; `entete` is the table's first column."""

    genre: str
    largeur: int
    hauteur: int
    groupes: tuple[Groupe, ...]
    series: tuple[str, ...]
    rangs: tuple[Rang, ...]
    entete: str
    trait: int = TRAIT

    @property
    def est_vide(self) -> bool:
        """Nothing is counted; a count that is not shown is one."""
        return not any(v is None or v for r in self.rangs for v in r.valeurs)


def barres(entete: str, series: Sequence[str], rangs: Sequence[Rang]) -> Dessin:
    """Every bar starts at zero and has the same scale. Raises ValueError for more series than can be told apart, or a negative value."""
    return _dessiner("barres", entete, series, rangs, centre=False)


def entonnoir(entete: str, serie: str, rangs: Sequence[Rang]) -> Dessin:
    """One bar per step, centred."""
    return _dessiner("barres", entete, (serie,), rangs, centre=True)


def _dessiner(genre: str, entete: str, series: Sequence[str], rangs: Sequence[Rang], *, centre: bool) -> Dessin:
    if len(series) > SERIES_MAX or any(
        len(r.valeurs) != len(series) or min((v or 0 for v in r.valeurs), default=0) < 0 for r in rangs
    ):
        raise ValueError("trois séries au plus, une valeur positive ou nulle par série")
    plus_haut = max((v for r in rangs for v in r.valeurs if v is not None), default=0) or 1
    place, y, groupes = LARGEUR - VALEUR, 0.0, list[Groupe]()
    for r in rangs:
        traits, haut = list[Trait](), y + TITRE
        for serie, (valeur, mot) in enumerate(zip(r.valeurs, r.mots, strict=True)):
            large = round(float(valeur or 0) / float(plus_haut) * place, 1)
            x = round((place - large) / 2, 1) if centre else 0.0
            traits.append(Trait(x, haut, large, serie, mot, (place if centre else large) + 8, haut + TRAIT - 4))
            haut += TRAIT + 3
        bulle = ", ".join(f"{s}\u00a0: {m}" for s, m in zip(series, r.mots, strict=True))
        groupes.append(Groupe(r.libelle, y + 14, tuple(traits), r.url, f"{r.libelle}. {bulle}"))
        y = haut + ECART
    return Dessin(genre, LARGEUR, round(max(y - ECART, 1)), tuple(groupes), tuple(series), tuple(rangs), entete)

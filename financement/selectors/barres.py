"""Bars of amounts, placed for a drawing: the page only writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ess_portal.socle.typographie import nombre

HAUT, BAS, HAUTEUR = 24, 44, 260
LARGEUR = 880


@dataclass(frozen=True)
class Barre:
    """`serie`: rank of the measure, from 0; `etiquette` is written above, '' for nothing."""

    x: float
    y: float
    largeur: float
    hauteur: float
    serie: int
    etiquette: str
    titre: str


@dataclass(frozen=True)
class Dessin:
    largeur: int
    hauteur: int
    base: int
    barres: tuple[Barre, ...]
    noms: tuple[tuple[float, tuple[str, ...]], ...]


def dessiner(groupes: Sequence[tuple[tuple[str, ...], Sequence[tuple[str, Decimal]]]]) -> Dessin:
    """Groups of bars, each under its name (a word per line); a bar = (its measure in words, its amount in euros)."""
    base = HAUTEUR - BAS
    plus_haut = max((m for _, barres in groupes for _, m in barres), default=Decimal(0)) or Decimal(1)
    pas = LARGEUR / max(1, len(groupes))
    barres, noms = list[Barre](), list[tuple[float, tuple[str, ...]]]()
    for rang, (nom, mesures) in enumerate(groupes):
        large = min(54.0, pas * 0.8 / max(1, len(mesures)))
        gauche = pas * rang + (pas - large * len(mesures)) / 2
        noms.append((round(pas * (rang + 0.5), 1), nom))
        for serie, (mot, montant) in enumerate(mesures):
            haut = float(max(Decimal(0), montant) / plus_haut) * (base - HAUT)
            etiquette = milliers(montant) if montant else ""
            titre = f"{' '.join(nom)}, {mot}\u00a0: {nombre(montant.quantize(Decimal(1)))}\u00a0€"
            barres.append(
                Barre(round(gauche + serie * large, 1), round(base - haut, 1), round(large - 4, 1), round(haut, 1), serie, etiquette, titre)
            )  # fmt: skip
    return Dessin(LARGEUR, HAUTEUR, base, tuple(barres), tuple(noms))


def milliers(montant: Decimal) -> str:
    """In thousands of euros, rounded, as a bar has room for."""
    return f"{nombre((montant / 1000).quantize(Decimal(1)))}\u00a0k€"

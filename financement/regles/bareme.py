"""What a headcount is worth (FIN-4, FIN-8): exact rationals, rounded half-up to the cent once, at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

BAREMES = ("lineaire", "mille_par_medecin", "table")
SOUS_10 = ("plancher", "prorata_10", "lineaire_prolonge", "zero")


@dataclass(frozen=True, slots=True)
class Bornes:
    """Both ends of the line; the national ones by default, those of the contract's parameters otherwise."""

    minimum: Decimal = Decimal("50000.00")
    maximum: Decimal = Decimal("100000.00")
    effectif_minimum: int = 10
    effectif_maximum: int = 100


NATIONALES = Bornes()


def au_centime(valeur: Fraction) -> Decimal:
    """Rounded half-up to the cent, two decimals."""
    signe = -1 if valeur < 0 else 1
    centimes = (abs(valeur) * 200 + 1) // 2
    return signe * (Decimal(int(centimes)) / 100).quantize(Decimal("0.01"))


def six_decimales(n: Fraction) -> str:
    """An headcount with six decimals, rounded half-up."""
    return f"{Decimal(int((abs(n) * 2_000_000 + 1) // 2)) / 1_000_000:.6f}"


def montant(
    n: Fraction | int,
    *,
    bareme: str = "lineaire",
    table: Sequence[tuple[int, Decimal]] = (),
    bornes: Bornes = NATIONALES,
) -> Fraction:
    """FIN-4 for n médecins, unrounded. Below the minimum the line is prolonged: the caller decides what that means (FIN-8).

    `table`: (headcount, amount) pairs; the amount of the largest headcount not above n. Raises ValueError on an unknown bareme.
    """
    n, minimum, maximum = Fraction(n), Fraction(bornes.minimum), Fraction(bornes.maximum)
    if bareme == "lineaire":
        pente = (maximum - minimum) / (bornes.effectif_maximum - bornes.effectif_minimum)
        return min(maximum, minimum + (n - bornes.effectif_minimum) * pente)
    if bareme == "mille_par_medecin":
        return min(maximum, max(minimum, 1000 * n))
    if bareme == "table":
        atteints = [Fraction(m) for effectif, m in sorted(table) if effectif <= n]
        if not atteints:
            raise ValueError("la table ne prévoit pas cet effectif")
        return atteints[-1]
    raise ValueError(f"barème inconnu\u00a0: {bareme}")


def sous_le_minimum(n: Fraction | int, lecture: str, *, bornes: Bornes = NATIONALES) -> Fraction:
    """FIN-8, one reading of an headcount under the minimum, unrounded; the prolonged line never goes below zero."""
    minimum = Fraction(bornes.minimum)
    return {
        "plancher": minimum,
        "prorata_10": minimum * n / bornes.effectif_minimum,
        "lineaire_prolonge": max(Fraction(0), montant(n, bornes=bornes)),
        "zero": Fraction(0),
    }[lecture]


def simulations(n: Fraction | int, *, bornes: Bornes = NATIONALES) -> dict[str, Decimal]:
    """FIN-8: the four readings of an headcount under the minimum, each to the cent."""
    return {lecture: au_centime(sous_le_minimum(n, lecture, bornes=bornes)) for lecture in SOUS_10}

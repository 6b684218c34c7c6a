"""Where the values of a distribution lie: median and other quantiles, by nearest rank. No interpolation: a quantile is a value that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

MEDIANE, NEUF_DIXIEMES = Fraction(1, 2), Fraction(9, 10)


def quantile(effectifs: Mapping[int, int], part: Fraction) -> int | None:
    """The smallest value that at least this part of the cases does not exceed; `effectifs`: value → how many times it was seen.

    None without a case. ValueError unless 0 < part ≤ 1 and no count is negative.
    """
    if not 0 < part <= 1 or any(n < 0 for n in effectifs.values()):
        raise ValueError("une part entre 0 et 1, des effectifs positifs ou nuls")
    total, cumul = sum(effectifs.values()), 0
    for valeur in sorted(effectifs):
        cumul += effectifs[valeur]
        if cumul and cumul >= part * total:
            return valeur
    return None

"""What an advance becomes: corrected at the year's end (FIN-7), or cut short by the end of the contract (FIN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .bareme import NATIONALES, Bornes, au_centime, montant, sous_le_minimum
from .dotation import anniversaire, marches_en_jours


def regularisation(avance: Decimal, du: Decimal) -> Decimal:
    """FIN-7: what the next payment is proposed to be corrected by, between amounts already rounded."""
    return du - avance


@dataclass(frozen=True, kw_only=True, slots=True)
class Prorata:
    """`du` and `a_recuperer` None when the caisse must arbitrate an headcount under the minimum (FIN-8)."""

    jours: int
    sur: int
    effectif_moyen: Fraction
    du: Decimal | None
    a_recuperer: Decimal | None


def prorata_resiliation(
    avance: Decimal,
    debut: date,
    effective: date,
    marches: Sequence[tuple[date, int]],
    *,
    bareme: str = "lineaire",
    table: Sequence[tuple[int, Decimal]] = (),
    sous_10: str = "manuel",
    bornes: Bornes = NATIONALES,
) -> Prorata:
    """FIN-10: the contract year from `debut` ends on `effective`, that day excluded. The mean is over the days lived.

    Raises ValueError when `effective` is not a day of that year.
    """
    sur, jours = (anniversaire(debut, 1) - debut).days, (effective - debut).days
    if not 0 <= jours < sur:
        raise ValueError("la date d’effet de la résiliation est hors de l’année de contrat")
    if not jours:
        return Prorata(jours=0, sur=sur, effectif_moyen=Fraction(0), du=Decimal("0.00"), a_recuperer=avance)
    parts = marches_en_jours(marches, debut, effective - timedelta(days=1))
    n = Fraction(sum(nombre * duree for _, nombre, duree in parts), jours)
    if n >= bornes.effectif_minimum:
        annuel = montant(n, bareme=bareme, table=table, bornes=bornes)
    elif sous_10 == "manuel":
        return Prorata(jours=jours, sur=sur, effectif_moyen=n, du=None, a_recuperer=None)
    else:
        annuel = sous_le_minimum(n, sous_10, bornes=bornes)
    du = au_centime(annuel * jours / sur)
    return Prorata(jours=jours, sur=sur, effectif_moyen=n, du=du, a_recuperer=max(Decimal("0.00"), avance - du))

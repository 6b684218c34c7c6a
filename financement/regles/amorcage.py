"""The seed credit (FIN-1, FIN-2, FIN-13, TRA-2 to TRA-4): its parts always sum to the whole."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
REGIMES_TRANSITOIRES = frozenset({"mise_en_conformite", "en_projet_credit_ars"})


def plafond(regime: str, *, montant_amorcage: Decimal = Decimal("80000.00"), taux_transitoire: int = 30) -> Decimal:
    """What this regime may receive as seed credit: all of it, 30 % of it, or nothing."""
    if regime == "standard":
        return montant_amorcage
    if regime in REGIMES_TRANSITOIRES:
        return (montant_amorcage * taux_transitoire / 100).quantize(CENT, ROUND_HALF_UP)
    return Decimal("0.00")


def parts(montant: Decimal, *, schema: str = "50_50", regime: str = "standard") -> dict[str, Decimal]:
    """The payments of the credit by nature; the transitional one is paid once, at the third signature (TRA-3)."""
    if montant <= 0:
        return {}
    if regime in REGIMES_TRANSITOIRES:
        return {"transitoire": montant}
    if schema == "100_signature":
        return {"amorcage_unique": montant}
    premiere = (montant / 2).quantize(CENT, ROUND_HALF_UP)
    return {"amorcage_1": premiere, "amorcage_2": montant - premiere}


def reste_du(part: Decimal, *, plafond: Decimal, deja_recu: Decimal) -> Decimal:
    """FIN-13: one seed credit per ESS, sums already received deducted; never below zero."""
    return max(Decimal("0.00"), min(part, plafond - deja_recu))

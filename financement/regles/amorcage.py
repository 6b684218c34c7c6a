"""The seed credit (FIN-1, FIN-2, FIN-13, TRA-2 to TRA-4): its parts always sum to the whole."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ess_portal.socle.typographie import euros

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


def alerte_credit_unique(plafond: Decimal, *, contrat: Decimal, verse: Decimal, ailleurs: Decimal) -> str:
    """What a credit taken over has against FIN-13, in a sentence: the ESS was paid more than one, or its contract lets it be; else ''."""
    if not ailleurs or contrat + ailleurs <= plafond:
        return ""
    debut = f"Cette équipe a déjà reçu {euros(ailleurs, True)} de crédit d’amorçage sur un autre dossier"
    total = verse + ailleurs
    if verse and total > plafond:
        return (
            f"{debut}. Avec les {euros(verse, True)} versés sur celui-ci, elle a reçu {euros(total, True)}, soit "
            f"{euros(total - plafond, True)} de plus que le crédit de {euros(plafond)} qu’une équipe reçoit une seule fois (règle FIN-13)."
        )
    reste = (
        f"il ne reste que {euros(plafond - total, True)} à lui verser"
        if total < plafond
        else "il ne reste rien à lui verser"
    )
    return (
        f"{debut}. Le contrat repris en prévoit {euros(contrat, True)}, alors qu’une équipe reçoit {euros(plafond)} une seule fois\u00a0: "
        f"{reste}, et le portail refusera davantage (règle FIN-13)."
    )

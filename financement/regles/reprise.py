"""What was already paid outside the portal (§6), held to the contract and to the ceilings (FIN-1, FIN-4, FIN-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ess_portal.socle.typographie import date_fr, euros

from .dotation import anniversaire

NATURES_DU_CREDIT = {
    "amorcage": ("amorcage_1", "amorcage_2", "amorcage_unique"),
    "transitoire": ("transitoire",),
}


@dataclass(frozen=True, slots=True)
class VersementRepris:
    """`annee`: rank of the contract year, 0 for a part of the credit."""

    nature: str
    montant: Decimal
    paye_le: date
    annee: int = 0
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContratsRepris:
    """The contracts signed outside, as far as payments depend on them. `type_credit`: amorcage, transitoire, or '' without one."""

    type_credit: str = ""
    credit: Decimal = Decimal(0)
    credit_signe_le: date | None = None
    dotation_signee_le: date | None = None
    effet_dotation: date | None = None
    dotation_maximum: Decimal = Decimal(0)


def verifier_versements(
    versements: Sequence[VersementRepris], c: ContratsRepris, aujourdhui: date
) -> Mapping[int, Mapping[str, str]]:
    """Errors by rank of the payment, then by field; {} when everything holds."""
    erreurs: dict[int, dict[str, str]] = {}
    vus: set[tuple[str, int]] = set()
    credit = Decimal(0)
    for rang, v in enumerate(versements):
        fautes: dict[str, str] = {}
        depuis = c.dotation_signee_le if v.nature == "dotation" else c.credit_signe_le
        if (v.nature, v.annee) in vus:
            fautes["nature"] = "Ce versement est déjà saisi."
        vus.add((v.nature, v.annee))
        if v.nature == "dotation":
            fautes |= _dotation(v, c, aujourdhui)
        else:
            fautes |= _part(v, c)
            credit += v.montant
            if c.type_credit and credit > c.credit:
                fautes["montant"] = f"Le total versé dépasserait les {euros(c.credit)} du contrat."
        if v.paye_le > aujourdhui:
            fautes["paye_le"] = "Ce jour n’est pas encore venu."
        elif depuis is not None and v.paye_le < depuis:
            fautes["paye_le"] = f"Ce jour précède la signature du contrat, le {date_fr(depuis)}."
        if fautes:
            erreurs[rang] = fautes
    return erreurs


def _part(v: VersementRepris, c: ContratsRepris) -> dict[str, str]:
    if not c.type_credit:
        return {"nature": "Indiquez d’abord le jour de signature du contrat de crédit d’amorçage."}
    if v.nature not in NATURES_DU_CREDIT[c.type_credit]:
        return {"nature": "Le contrat de ce régime ne prévoit pas ce versement."}
    return {}


def _dotation(v: VersementRepris, c: ContratsRepris, aujourdhui: date) -> dict[str, str]:
    if c.effet_dotation is None:
        return {"nature": "Indiquez d’abord le jour de signature du contrat de dotation."}
    if v.annee < 1:
        return {"annee": "Indiquez l’année du contrat\u00a0: 1 pour la première."}
    if anniversaire(c.effet_dotation, v.annee - 1) > aujourdhui:
        return {"annee": "Cette année du contrat n’a pas commencé."}
    if v.montant > c.dotation_maximum:
        return {"montant": f"Le montant dépasse le plafond annuel de {euros(c.dotation_maximum)}."}
    return {}

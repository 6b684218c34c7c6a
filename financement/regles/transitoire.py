"""Transitional regimes of §6: where each enters, what it is due, and the overlap of ARS and Assurance maladie funding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .bareme import au_centime


@dataclass(frozen=True, slots=True)
class Regime:
    code: str
    libelle: str
    entree: str
    amorcage: bool
    part_transitoire: bool


REGIMES: Mapping[str, Regime] = {
    r.code: r
    for r in (
        Regime("standard", "Nouvelle ESS", "brouillon", True, False),
        Regime("existante_conforme", "ESS existante conforme", "projet_valide", False, False),
        Regime("mise_en_conformite", "Mise en conformité", "lettre_validee", False, True),
        Regime("en_projet_credit_ars", "En projet, avec un crédit de l’ARS", "lettre_validee", False, True),
        Regime("hors_champ", "Hors du champ conventionnel", "clos", False, False),
    )
}


def jours_de_chevauchement(effet: date, fin_ars: date) -> int:
    """Days, both included, on which both fundings run (TRA-6); 0 when the dotation starts the day after."""
    return max(0, (fin_ars - effet).days + 1)


def alerte_chevauchement(declencheur: str, signature: date, effet: date, fin_ars: date) -> bool:
    """TRA-6: does the dotation meet the funding of the ARS, whose last day is `fin_ars`: by its signature, or by its first day (setting)?"""
    return (signature if declencheur == "signature" else effet) <= fin_ars


def recuperation_proposee(montant_ars: Decimal, debut_ars: date, fin_ars: date, effet: date) -> Decimal:
    """TRA-6: days of overlap ÷ days funded × ARS amount; what the ARS may recover."""
    finances = (fin_ars - debut_ars).days + 1
    return au_centime(Fraction(montant_ars) * min(finances, jours_de_chevauchement(effet, fin_ars)) / finances)


def suite_non_conforme(recuperation_24000: str = "arbitrage") -> str:
    """TRA-7: no more payments; what becomes of the transitional sum is a setting."""
    return {"arbitrage": "a_arbitrer", "oui": "a_recuperer", "non": "acquis"}[recuperation_24000]


def effet_apres_ars(fin_ars: date) -> date:
    return fin_ars + timedelta(days=1)

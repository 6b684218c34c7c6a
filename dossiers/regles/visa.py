"""The second-level visa: what an ARS wants prepared by one agent and signed by another."""

from __future__ import annotations

from ess_portal.referentiel.regles.parametres import Parametres


def exige_visa(sens: str, p: Parametres) -> bool:
    """Does this decision leave only with the visa of a signataire (setting `visa_decision`)?"""
    return p.visa_decision == "toutes" or (p.visa_decision == "refus" and sens == "defavorable")


def refus_de_viser(prepare_par: int | None, vise_par: int | None) -> str | None:
    """Who prepares does not sign: the sentence that says so, None when they are two."""
    if vise_par is None or prepare_par == vise_par:
        return "Vous avez préparé cette décision\u00a0: un autre signataire doit la viser."
    return None

"""Thresholds of CRI-4 and CRI-1d, decided in integers; percentages are only for display, cut rather than rounded."""

from __future__ import annotations

from typing import Any

from dossiers.regles.criteres import requis

POURCENTS = {"creation": 10, "intermediaire": 30, "cible": 50}


def evaluer_seuils(
    liberaux: int,
    adherents_liberaux: int,
    medecins_presents: int,
    *,
    pourcents: dict[str, int] | None = None,
    medecins_minimum: int = 10,
    base_dix: str = "medecins_presents",
) -> dict[str, Any]:
    """Each threshold: adhérents required and whether it is reached. Without libéral: not evaluable, never met (`liberaux_nul`)."""
    resultat: dict[str, Any] = {}
    for nom, pour_cent in (pourcents or POURCENTS).items():
        seuil = requis(liberaux, pour_cent)
        if seuil is None:
            resultat[nom] = {"requis": None, "atteint": False, "code": "liberaux_nul"}
        else:
            resultat[nom] = {"requis": seuil, "atteint": adherents_liberaux >= seuil}
    presents = liberaux if base_dix == "liberaux" else medecins_presents
    resultat["dix_medecins"] = {"atteint": presents >= medecins_minimum}
    return resultat


def pourcent_tronque(numerateur: int, denominateur: int) -> int | None:
    """Tenths of a percent, cut: 23 of 148 → 155 (15,5 %). None without denominator."""
    return None if denominateur <= 0 else 1000 * numerateur // denominateur


__all__ = ["POURCENTS", "evaluer_seuils", "pourcent_tronque", "requis"]

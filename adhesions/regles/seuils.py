"""Thresholds of CRI-4 and CRI-1d, decided in integers; percentages are only for display, cut rather than rounded."""

from __future__ import annotations

from typing import Any

from dossiers.regles.criteres import requis
from ess_portal.referentiel.regles.parametres import Parametres


def evaluer_seuils(
    liberaux: int, adherents_liberaux: int, medecins_presents: int, parametres: Parametres | None = None
) -> dict[str, Any]:
    """Each threshold: adhérents required and whether it is reached. Without libéral: not evaluable, never met (`liberaux_nul`)."""
    p = parametres or Parametres()
    pourcents = {"creation": p.seuil_creation, "intermediaire": p.seuil_intermediaire, "cible": p.seuil_cible}
    resultat: dict[str, Any] = {}
    for nom, pour_cent in pourcents.items():
        seuil = requis(liberaux, pour_cent)
        if seuil is None:
            resultat[nom] = {"requis": None, "atteint": False, "code": "liberaux_nul"}
        else:
            resultat[nom] = {"requis": seuil, "atteint": adherents_liberaux >= seuil}
    presents = liberaux if p.base_dix_medecins == "liberaux" else medecins_presents
    resultat["dix_medecins"] = {"atteint": presents >= p.medecins_minimum}
    return resultat


def pourcent_tronque(numerateur: int, denominateur: int) -> int | None:
    """Tenths of a percent, cut: 23 of 148 → 155 (15,5 %). None without denominator."""
    return None if denominateur <= 0 else 1000 * numerateur // denominateur


__all__ = ["evaluer_seuils", "pourcent_tronque", "requis"]

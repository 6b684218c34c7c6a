"""The instructor's judgement where a human must judge: what it must say, and the five lines of CRI-7 (instruction of 24 March 2025)."""

from __future__ import annotations

from collections.abc import Mapping

AVIS: Mapping[str, str] = {"conforme": "Conforme", "reserve": "Réserve", "non_conforme": "Non conforme"}
LIGNES_CRI7: Mapping[str, str] = {
    "besoin": "Besoin d’accès au second recours",
    "cahier_des_charges": "Réponse au cahier des charges",
    "contribution": "Contribution effective",
    "solidite": "Solidité et maturité",
    "cooperations": "Coopérations existantes",
}
_RANGS = tuple(AVIS)


def conclure(lignes: Mapping[str, Mapping[str, str]]) -> str:
    """The worst of the lines: one that is not met is not made up for by the others."""
    return max((ligne["avis"] for ligne in lignes.values()), key=_RANGS.index)


def manques(
    critere: str, avis: str, motif: str, lignes: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, str]:
    """Field → sentence. The five lines come together or not at all, each motivated unless it is met, and the whole follows them."""
    erreurs: dict[str, str] = {}
    if avis not in AVIS:
        erreurs["avis"] = "Choisissez un jugement."
    elif avis != "conforme" and not motif.strip():
        erreurs["motif"] = "Indiquez le motif, il sera repris dans la décision."
    if not lignes:
        return erreurs
    if critere != "CRI-7":
        return erreurs | {"lignes": "Seul le critère\u00a07 se juge ligne à ligne."}
    for code in LIGNES_CRI7:
        ligne = lignes.get(code, {})
        if ligne.get("avis") not in AVIS:
            erreurs[f"avis_{code}"] = "Choisissez un jugement pour cette ligne."
        elif ligne["avis"] != "conforme" and not ligne.get("motif", "").strip():
            erreurs[f"motif_{code}"] = "Dites ce qui manque sur cette ligne."
    if set(lignes) - set(LIGNES_CRI7):
        erreurs["lignes"] = "Cette ligne n’est pas dans la grille."
    if not erreurs and _RANGS.index(avis) < _RANGS.index(conclure(lignes)):
        erreurs["avis"] = (
            f"Une ligne est «\u00a0{AVIS[conclure(lignes)]}\u00a0»\u00a0: l’ensemble ne peut pas être meilleur."
        )
    return erreurs

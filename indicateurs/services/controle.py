"""What a report must say before it is filed, and what may never contradict itself (IND-2, IND-3, FIN-12)."""

from __future__ import annotations

from ..models import Rapport
from ..regles.indicateurs import INDICATEURS, verifier_indicateurs


def controler(rapport: Rapport, *, adherents: int, complet: bool) -> dict[str, str]:
    """One sentence per field of the form that does not fit; {} when all does. `complet`: as for the filing."""
    erreurs = verifier_indicateurs({i.code: getattr(rapport, i.code) for i in INDICATEURS}, adherents)
    if rapport.i5 and rapport.i4 is None:
        erreurs.setdefault(
            "i4", "Des consultations avancées ont été réalisées\u00a0: indiquez combien de médecins en proposent."
        )
    if not complet:
        return erreurs
    for i in INDICATEURS:
        if getattr(rapport, i.code) is None:
            erreurs.setdefault(i.code, "Indiquez un nombre, zéro s’il n’y en a pas eu.")
    if not rapport.qualitatifs:
        erreurs["qualitatif_1"] = "Indiquez au moins un indicateur qualitatif."
    for rang, q in enumerate(rapport.qualitatifs, 1):
        if not q["libelle"]:
            erreurs[f"qualitatif_{rang}"] = "Nommez l’indicateur dont vous donnez le résultat."
        if not q["resultat"]:
            erreurs[f"resultat_{rang}"] = "Décrivez le résultat de l’année."
    if not rapport.emploi_des_fonds.strip():
        erreurs["emploi_des_fonds"] = "Dites à quoi la dotation a servi."
    if rapport.montant_depense is None:
        erreurs["montant_depense"] = "Indiquez le montant dépensé dans l’année."
    if rapport.solde is None:
        erreurs["solde"] = "Indiquez la somme non employée, zéro s’il n’en reste pas."
    return erreurs

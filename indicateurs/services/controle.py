"""What a report must say before it is filed, and what may never contradict itself (IND-2, IND-3, FIN-12)."""

from __future__ import annotations

from ..models import Rapport
from ..regles.emploi import Compte
from ..regles.indicateurs import INDICATEURS, verifier_indicateurs
from ..regles.plausibilite import Avertissement, avertissements


def avertir(rapport: Rapport, precedent: Rapport | None, compte: Compte) -> tuple[Avertissement, ...]:
    """What surprises in a report as it stands, beside last year's as it was filed."""
    return avertissements(
        {i.code: getattr(rapport, i.code) for i in INDICATEURS},
        {i.code: getattr(precedent, i.code) for i in INDICATEURS} if precedent is not None else {},
        disponible=compte.disponible,
        depense=rapport.montant_depense,
    )


def sans_explication(rapport: Rapport, avertissements: tuple[Avertissement, ...]) -> dict[str, str]:
    """The surprises that the équipe said nothing about, by the field of their comment."""
    return {
        f"explication_{a.champ}": f"{a.texte} Corrigez ce nombre, ou expliquez-le en une phrase."
        for a in avertissements
        if not str(rapport.explications.get(a.champ, "")).strip()
    }


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
    return erreurs

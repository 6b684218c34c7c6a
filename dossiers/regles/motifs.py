"""MOT-1, MOT-2: the closed lists of reasons for a refusal, each to be given its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Motif:
    libelle: str
    fondement: str


_CDC = "Cahier des charges des ESS, critères 1 à 7"

MOTIFS: Mapping[str, Mapping[str, Motif]] = {
    "lettre": {
        "cahier_des_charges": Motif("La lettre ne répond pas au cahier des charges", _CDC),
        "criteres_conventionnels": Motif(
            "Un critère conventionnel ou réglementaire n’est pas rempli",
            "Convention médicale, articles 53 à 58\u00a0; code de la santé publique\u00a0; projet régional de santé",
        ),
        "besoin": Motif(
            "Le besoin d’accès au second recours n’est pas établi sur ce territoire",
            "Instruction du 24 mars 2025\u00a0; critère 7",
        ),
        "destabilisation": Motif(
            "Le projet risque de déstabiliser l’offre de soins existante", "Cahier des charges des ESS"
        ),
        "unicite": Motif(
            "Le territoire est déjà couvert pour cette spécialité", "Cahier des charges des ESS, critère 1"
        ),
    },
    "projet": {
        "cahier_des_charges": Motif("Le projet n’est pas en adéquation avec le cahier des charges", _CDC),
        "criteres_conventionnels": Motif(
            "Un critère conventionnel ou réglementaire n’est pas rempli",
            "Convention médicale, articles 53 à 58\u00a0; code de la santé publique\u00a0; projet régional de santé",
        ),
        "destabilisation": Motif(
            "Le projet risque de déstabiliser l’offre de soins existante", "Cahier des charges des ESS"
        ),
    },
}


def verifier_motifs(objet: str, motifs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Errors by field of a list of {code, faits}: none, outside the list, or without facts. {} when the refusal is motivated."""
    if not motifs:
        return {"motifs": "Cochez au moins un motif de la liste."}
    erreurs: dict[str, str] = {}
    for m in motifs:
        code = str(m.get("code", ""))
        if code not in MOTIFS[objet]:
            erreurs["motifs"] = f"Le motif «\u00a0{code}\u00a0» n’est pas dans la liste des motifs de refus."
        elif not str(m.get("faits", "")).strip():
            erreurs[f"faits_{code}"] = "Indiquez les faits\u00a0: un motif sans faits bloque la décision."
    return erreurs

"""MOT-1, MOT-2: the closed lists of reasons for a refusal, each to be given its facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .criteres import Constat


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


# A withdrawal is a decision of its own (DL-8): its reason is none of the closed lists, its ground is one of these.
RETRAIT = "retrait"
_CRPA = "Code des relations entre le public et l’administration"
FONDEMENTS_DU_RETRAIT: Mapping[str, str] = {
    "L242-1": f"{_CRPA}, article L.\u00a0242-1\u00a0: décision illégale, retirée dans les quatre mois",
    "L242-2": f"{_CRPA}, article L.\u00a0242-2\u00a0: condition de la décision non remplie",
    "L242-4": f"{_CRPA}, article L.\u00a0242-4\u00a0: retrait demandé par le bénéficiaire",
}


# A request left unanswered, a projet that did not come, the answer to a recours: one reason each, whose facts the agent writes.
CLASSEMENT, RETARD, REPONSE = "classement", "retard", "reponse"
_HORS_LISTE: Mapping[str, Motif] = {
    CLASSEMENT: Motif("Des pièces indispensables n’ont pas été reçues", f"{_CRPA}, article L.\u00a0114-5"),
    RETARD: Motif(
        "Le projet de santé n’a pas été déposé dans le délai",
        "Convention médicale du 22 juin 2024, articles 53 à 58\u00a0; cahier des charges des ESS",
    ),
    REPONSE: Motif("Réponse au recours gracieux", f"{_CRPA}, article L.\u00a0411-2"),
}


def motif_ecrit(objet: str, motif: Mapping[str, str]) -> Motif:
    """The words of a stored reason {code, fondement}: one of the closed list, a withdrawal, a delay gone by, or what an older list named."""
    code = str(motif.get("code", ""))
    if code == RETRAIT:
        nom = "lettre d’intention" if objet == "lettre" else "projet de santé"
        article = "de la" if objet == "lettre" else "du"
        return Motif(
            f"Retrait de la validation {article} {nom}",
            FONDEMENTS_DU_RETRAIT.get(
                str(motif.get("fondement", "")), f"{_CRPA}, articles L.\u00a0242-1 à L.\u00a0242-4"
            ),
        )
    return MOTIFS.get(objet, {}).get(code) or _HORS_LISTE.get(code) or Motif(code.replace("_", " ").capitalize(), "")


def proposer(objet: str, constats: Iterable[Constat]) -> dict[str, tuple[str, str]]:
    """Reason → (criterion, facts) that the grid suggests for a refusal: what is not met, with its constat as the facts."""
    proposes: dict[str, list[Constat]] = {}
    for c in constats:
        # The association comes after the projet: its absence refuses nothing (CRI-6).
        if c.conforme is False and c.bloquant and c.code != "CRI-6":
            code = _MOTIF_DU_CRITERE.get(c.code, "cahier_des_charges")
            proposes.setdefault(code if code in MOTIFS[objet] else "cahier_des_charges", []).append(c)
    return {
        code: (
            lignes[0].code if len(lignes) == 1 else "",
            "\n".join(f"{c.libelle}\u00a0: {c.constat}" for c in lignes),
        )
        for code, lignes in proposes.items()
    }


_MOTIF_DU_CRITERE = {
    "CRI-7": "besoin",
    "CRI-1c": "unicite",
    "DER-1": "criteres_conventionnels",
    "DEF-1": "criteres_conventionnels",
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
        elif phrase := faits_manquants(str(m.get("faits", ""))):
            erreurs[f"faits_{code}"] = phrase
    return erreurs


# What a ready text leaves to be written.
A_COMPLETER = "[à compléter"


def faits_manquants(faits: str) -> str | None:
    """MOT-1: why these facts do not motivate a refusal, in a sentence; None when they do."""
    if not faits.strip():
        return "Indiquez les faits\u00a0: un motif sans faits bloque la décision."
    if A_COMPLETER in faits.lower():
        return "Complétez les passages entre crochets avec les faits du dossier."
    return None

"""What a criterion still waits for, in one sentence: for the équipe without the instructor's notes, for the agents with theirs."""

from __future__ import annotations

from collections.abc import Mapping

from .criteres import CRITERES, Constat

# code → (not met or not known: what the équipe does, what the agents do)
_SUITES: Mapping[str, tuple[str, str]] = {
    "CRI-1a": ("Choisissez au moins un département entier.", "Demander un périmètre d’au moins un département."),
    "CRI-1b": (
        "Expliquez à l’ARS pourquoi le territoire n’est pas d’un seul tenant.",
        "Apprécier la continuité du territoire\u00a0: ce point avertit sans bloquer.",
    ),
    "CRI-1c": (
        "Changez le périmètre, ou demandez une dérogation.",
        "Un changement de périmètre, un retrait ou une dérogation lève l’obstacle.",
    ),
    "CRI-1d": (
        "Complétez le comptage des médecins, ou demandez une dérogation.",
        "Demander le comptage daté, ou enregistrer une dérogation.",
    ),
    "CRI-2": (
        "Décrivez l’articulation avec les acteurs du premier recours.",
        "Demander les conventions, puis juger l’articulation.",
    ),
    "CRI-3": (
        "Formalisez un lien avec des professionnels hospitaliers.",
        "Demander un lien formalisé avec des hospitaliers, puis juger.",
    ),
    "CRI-4": (
        "Réunissez d’autres adhésions de libéraux, ou demandez une dérogation.",
        "Attendre d’autres adhésions, ou enregistrer une dérogation.",
    ),
    "CRI-5": (
        "Précisez que l’équipe couvre toute la spécialité.",
        "Juger si le projet porte sur une spécialité entière.",
    ),
    "CRI-6": (
        "Déclarez l’association\u00a0: elle est attendue avant les versements.",
        "La déclaration de l’association est attendue de l’équipe.",
    ),
    "CRI-7": (
        "Documentez le besoin\u00a0: une étude d’opportunité aide l’ARS à conclure.",
        "Juger les cinq lignes de la grille, à la lumière de la stratégie régionale.",
    ),
    "DER-1": (
        "Demandez une dérogation pour réunir plusieurs spécialités.",
        "Une dérogation de la CPN est nécessaire pour plusieurs spécialités.",
    ),
    "DEF-1": ("Vérifiez la spécialité avec l’ARS.", "Confirmer l’éligibilité de la spécialité."),
}
ATTENTE_EQUIPE = "Rien à faire\u00a0: l’ARS examine ce point."


def suite(c: Constat, *, equipe: bool) -> str:
    """ "" when nothing is awaited."""
    if c.conforme is True:
        return ""
    pour_equipe, pour_agents = _SUITES[c.code]
    if not equipe:
        return pour_agents
    if c.conforme is None and CRITERES[c.code].humain and c.source == "Jugement attendu":
        return ATTENTE_EQUIPE
    return pour_equipe

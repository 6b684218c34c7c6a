"""What a professional reads and signs: engagements of annexe 3 and the data-protection notice (regles-metier §9)."""

from __future__ import annotations

from dossiers.models import Dossier

ENGAGEMENTS = (
    (
        "Donner un avis ponctuel",
        "aux médecins traitants et aux soignants du territoire, dans des délais courts\u00a0: consultation, téléconsultation ou "
        "téléexpertise.",
    ),
    ("Organiser le second recours", "avec vos confrères du premier et du troisième recours."),
)
CONSULTATIONS_AVANCEES = "Proposer aussi des consultations avancées."


def notice(dossier: Dossier) -> tuple[str, ...]:
    """The data notice, with the names of who reads: shown before the signature, never after."""
    lecteurs = ["l’équipe"]
    if dossier.ars and dossier.caisse:
        lecteurs += [f"l’{dossier.ars.nom}", f"la {dossier.caisse.nom}"]
    else:
        lecteurs += ["l’ARS", "la caisse d’assurance maladie dont elle dépendra"]
    return (
        "Votre nom, votre numéro RPPS, votre spécialité, vos lieux et mode d’exercice et la date de votre signature servent à compter les "
        "adhérents et à calculer la dotation de l’équipe.",
        f"Y ont accès\u00a0: {', '.join(lecteurs[:-1])} et {lecteurs[-1]}.",
        "Ils sont gardés cinq ans après votre sortie de l’équipe. Vous pouvez les faire corriger par l’équipe, et quitter l’équipe à tout moment.",
    )

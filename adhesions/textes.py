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
    contact = dossier.equipe.courriel or "l’adresse indiquée dans votre invitation"
    return (
        "Votre nom, votre numéro RPPS, votre spécialité, vos lieux et mode d’exercice et la date de votre signature servent à compter les "
        "adhérents et à calculer la dotation de l’équipe (mission d’intérêt public, convention médicale de 2024). Votre courriel ne sert qu’à "
        "cette signature. Aucune donnée de santé n’est recueillie.",
        f"Y ont accès\u00a0: {', '.join(lecteurs[:-1])} et {lecteurs[-1]}.",
        "Ils sont gardés cinq ans après votre sortie de l’équipe, puis votre nom, votre courriel et votre adresse sont effacés\u00a0; seuls "
        "restent les jours comptés.",
        "Vous pouvez demander une copie de ces informations, les faire corriger, demander leur effacement ou la limitation de leur usage, et "
        f"quitter l’équipe à tout moment\u00a0: écrivez à l’équipe ({contact}) ou au délégué à la protection des données de l’ARS. "
        "Vous pouvez aussi saisir la CNIL (cnil.fr).",
    )

"""The sections of the projet de santé (§3 step 3): diagnostic, missions, indicators, governance, upkeep, deployment."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import ProjetSante
from .etapes import EtapeForm, ligne, texte


class RubriqueDiagnostic(EtapeForm):
    titre = "Diagnostic territorial"
    intro = "L’offre, les besoins, les délais d’accès et les zones en tension sur votre territoire."
    obligatoires = ("diagnostic",)
    diagnostic = texte("Diagnostic territorial", lignes=12, maximum=20000, manque="Rédigez le diagnostic territorial.")


class RubriqueMissions(EtapeForm):
    titre = "Missions et actions"
    intro = "Les deux activités de la mission socle, en détail, puis les autres actions. Le point de contact est celui des médecins traitants."
    obligatoires = ("missions", "contact_nom", "contact_telephone", "contact_horaires")
    missions = texte("Missions et actions", lignes=12, maximum=20000, manque="Décrivez les missions et les actions.")
    contact_nom = ligne("Point de contact\u00a0: nom", manque="Nommez le point de contact.")
    contact_telephone = ligne(
        "Téléphone", maximum=30, manque="Donnez le téléphone du point de contact.", inputmode="tel"
    )
    contact_courriel = forms.EmailField(
        label="Courriel", error_messages={"invalid": "Cette adresse n’est pas valable."}
    )
    contact_horaires = ligne(
        "Horaires",
        "Par exemple\u00a0: du lundi au vendredi, 9 h à 18 h.",
        manque="Donnez les horaires du point de contact.",
    )

    def donnees(self) -> dict[str, Any]:
        d = self.cleaned_data
        return {
            "missions": d["missions"],
            "contact": {c: d.get(f"contact_{c}") or "" for c in ("nom", "telephone", "courriel", "horaires")},
        }


class RubriqueIndicateurs(EtapeForm):
    titre = "Indicateurs"
    intro = "Les cinq indicateurs nationaux vous seront demandés chaque année. Définissez ici au moins un indicateur qualitatif."
    obligatoires = ("indicateurs_suivi", "qualitatif_1")
    indicateurs_suivi = texte(
        "Indicateurs de suivi et d’évaluation", manque="Décrivez les indicateurs de suivi et d’évaluation."
    )
    qualitatif_1 = ligne(
        "Indicateur qualitatif",
        "Par exemple\u00a0: satisfaction des médecins traitants, par une enquête annuelle.",
        maximum=400,
        manque="Définissez au moins un indicateur qualitatif.",
    )
    qualitatif_2 = ligne("Deuxième indicateur qualitatif", maximum=400)
    qualitatif_3 = ligne("Troisième indicateur qualitatif", maximum=400)

    def donnees(self) -> dict[str, Any]:
        d = self.cleaned_data
        return {
            "indicateurs_suivi": d["indicateurs_suivi"],
            "indicateurs_qualitatifs": [v for n in (1, 2, 3) if (v := (d.get(f"qualitatif_{n}") or "").strip())],
        }


class RubriqueGouvernance(EtapeForm):
    titre = "Gouvernance"
    intro = "La gouvernance est formalisée dans le projet. Seuls les spécialistes libéraux en exercice, personnes physiques, ont une voix délibérative."
    obligatoires = ("gouvernance",)
    gouvernance = texte("Gouvernance", lignes=8, maximum=10000, manque="Décrivez la gouvernance.")


class RubriqueActualisation(EtapeForm):
    titre = "Mise à jour"
    intro = "Comment le projet suivra-t-il le territoire, le nombre d’adhérents et les actions menées\u00a0?"
    obligatoires = ("actualisation",)
    actualisation = texte("Modalités d’actualisation", lignes=6, manque="Décrivez comment le projet sera tenu à jour.")


class RubriqueDeploiement(EtapeForm):
    titre = "Déploiement"
    intro = (
        "Un document distinct décrit le fonctionnement de l’équipe et ses perspectives. Il est demandé avec le projet."
    )


RUBRIQUES: dict[str, type[EtapeForm]] = {
    "diagnostic": RubriqueDiagnostic,
    "missions": RubriqueMissions,
    "indicateurs": RubriqueIndicateurs,
    "gouvernance": RubriqueGouvernance,
    "actualisation": RubriqueActualisation,
    "deploiement": RubriqueDeploiement,
}


def initial(projet: ProjetSante, rubrique: str) -> dict[str, Any]:
    """The stored values of a section as its form takes them; JSON-friendly."""
    if rubrique == "missions":
        return {"missions": projet.missions, **{f"contact_{c}": v for c, v in projet.contact.items()}}
    if rubrique == "indicateurs":
        return {
            "indicateurs_suivi": projet.indicateurs_suivi,
            **{f"qualitatif_{n}": v for n, v in enumerate(projet.indicateurs_qualitatifs, 1)},
        }
    if rubrique == "deploiement":
        return {}
    return {rubrique: getattr(projet, rubrique)}

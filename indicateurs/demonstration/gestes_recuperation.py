"""The acts of a recovery (REC-1): opened by the caisse, answered by the équipe, decided by another person, paid back in one go."""

from __future__ import annotations

from typing import Any

from dossiers.models import Dossier
from financement.models import MouvementRecuperation, Recuperation
from financement.recuperations import communs, ouverture, procedure, remboursements

from .scene import Scene


def _numero(s: Scene) -> str:
    """A life has one."""
    return f"R-{s.numero}-1"


def ouvrir(s: Scene, origine: str, **champs: Any) -> Scene:
    """`montant`: where the rules leave it to the caisse."""
    motif, retard = "Faits constatés au contrôle du dossier.", "Pièces comptables attendues de l’équipe."
    s.fait("gestionnaire", ouverture.ouvrir_recuperation, origine=origine, motif=motif, motif_retard=retard, **champs)
    return s


def repondre(s: Scene) -> Scene:
    texte = "Les dépenses engagées sont détaillées dans notre compte d’emploi."
    s.fait("porteur", procedure.presenter_observations, recuperation=_numero(s), texte=texte, est_complete=True)
    return s


def decider(s: Scene, sens: str = "tout") -> Scene:
    motivation = "Les observations présentées ne justifient pas l’emploi de la somme."

    def service(*, numero: str, acteur: Any, **champs: Any) -> Any:
        vues = communs.observations_de(Dossier.objects.pour(acteur).get(numero=numero))
        return procedure.decider_recuperation(numero=numero, acteur=acteur, vues=vues, **champs)

    s.fait("ordonnateur", service, recuperation=_numero(s), sens=sens, motivation=motivation)
    return s


def rembourser(s: Scene) -> Scene:
    """All that is left, received by one person and confirmed by another."""

    def reste(*, acteur: Any, **_: Any) -> Any:
        return Recuperation.objects.pour(acteur).get(numero=_numero(s)).reste

    def attendu(*, numero: str, acteur: Any, **_: Any) -> int:
        mouvements = MouvementRecuperation.objects.pour(acteur).filter(dossier__numero=numero)
        return mouvements.latest("pk").pk

    montant = s.fait("gestionnaire", reste)
    s.fait(
        "gestionnaire",
        remboursements.enregistrer_remboursement,
        recuperation=_numero(s),
        montant=montant,
        recu_le=s.jour,
        reference=f"REMB-{s.troupe.prochain():06d}",
    )
    s.fait("ordonnateur", remboursements.confirmer_mouvement, mouvement=s.fait("gestionnaire", attendu))
    return s

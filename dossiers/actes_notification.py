"""The acts around the notification of a decision: the LRAR that was presented, a signed refusal given up."""

from __future__ import annotations

from ess_portal.comptes.acteur import Acteur

from .actions import Action
from .forms.actes import EnregistrerPresentation, Motiver
from .lecture_etat import statut_lu
from .models import Decision, Dossier
from .regles.cycle import Qui, Statut
from .services import notifications, preparations


def _en_attente(dossier: Dossier, acteur: Acteur) -> bool:
    return any(p.attend(statut_lu(dossier)) for p in dossier.preparations.all())


def _envoyee(dossier: Dossier, acteur: Acteur) -> bool:
    expresses = (d for d in dossier.decisions.all() if d.mode == Decision.Mode.EXPRESSE)
    return any(True for _ in expresses) or any(p.signee_le is not None for p in dossier.preparations.all())


ACTIONS = (
    Action(
        "enregistrer_presentation",
        "Enregistrer la présentation du pli recommandé",
        notifications.enregistrer_presentation,
        EnregistrerPresentation,
        statuts=frozenset(Statut) - {Statut.BROUILLON},
        qui=(Qui.ARS,),
        proposee=_envoyee,
        aide="Le jour de la présentation est une preuve de la notification de la dernière décision, conservée avec elle.",
    ),
    Action(
        "renoncer_decision",
        "Renoncer au refus signé",
        preparations.renoncer,
        Motiver,
        statuts=frozenset(
            {Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE, Statut.PROJET_DEPOSE, Statut.PROJET_INCOMPLET}
        ),
        qui=(Qui.ARS,),
        proposee=_en_attente,
    ),
)

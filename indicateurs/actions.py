"""Acts on the annual reports, for the generic act page and the API (`settings.FOURNISSEURS_ACTIONS`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from dossiers.actions import Action
from dossiers.models import Dossier
from dossiers.regles.cycle import Qui
from dossiers.regles.statuts import Statut

from . import forms, services

# A contract that ended still owes the report of its last year.
ETATS = frozenset({Statut.DOTATION_ACTIVE, Statut.RESILIE, Statut.CLOS})


def _dossier(service: Callable[..., Any]) -> Callable[..., Dossier]:
    """An act of the registry gives its dossier, whatever it made."""

    @wraps(service)
    def acte(**champs: Any) -> Dossier:
        return service(**champs).dossier

    return acte


ACTIONS = (
    Action(
        "enregistrer_rapport",
        "Enregistrer le rapport d’activité",
        _dossier(services.enregistrer_rapport),
        forms.EnregistrerRapport,
        ETATS,
        (Qui.PORTEUR,),
    ),
    Action(
        "joindre_piece_rapport",
        "Joindre une pièce au rapport d’activité",
        _dossier(services.joindre_piece),
        forms.JoindrePiece,
        ETATS,
        (Qui.PORTEUR,),
    ),
    Action(
        "retirer_piece_rapport",
        "Retirer une pièce du rapport d’activité",
        _dossier(services.retirer_piece),
        forms.RetirerPiece,
        ETATS,
        (Qui.PORTEUR,),
        aide="Une version déjà déposée garde la pièce.",
    ),
    Action(
        "deposer_rapport",
        "Déposer le rapport d’activité",
        _dossier(services.deposer_rapport),
        forms.ActeRapport,
        ETATS,
        (Qui.PORTEUR,),
        aide="Le rapport enregistré est transmis à l’ARS et à la caisse.",
    ),
    Action(
        "valider_rapport",
        "Valider le rapport d’activité",
        _dossier(services.valider_rapport),
        forms.ActeRapport,
        ETATS,
        (Qui.ARS, Qui.CAISSE),
    ),
    Action(
        "proroger_rapport",
        "Reporter la date du rapport d’activité",
        _dossier(services.proroger_rapport),
        forms.Proroger,
        ETATS,
        (Qui.ARS,),
        aide="L’équipe et la caisse sont prévenues de la nouvelle date et de son motif.",
    ),
    Action(
        "demander_correction_rapport",
        "Demander une correction du rapport",
        _dossier(services.demander_correction),
        forms.DemanderCorrection,
        ETATS,
        (Qui.ARS, Qui.CAISSE),
    ),
)

"""Forms of the acts: one class per act, whose `donnees()` are the service's keyword arguments."""

from .communs import Confirmer, Fichiers, Motiver
from .decisions import (
    EnregistrerDerogation,
    Refuser,
    RefuserLettre,
    RefuserProjet,
    RendreAvis,
    RetirerValidation,
    Valider,
)
from .equipe import (
    Abandonner,
    ActualiserProjet,
    Completer,
    CorrigerAssociation,
    DeclarerActivite,
    DeclarerAssociation,
    DeposerLettre,
    DeposerProjet,
)
from .suivi import (
    AttribuerFiness,
    Classer,
    DemanderPieces,
    ExaminerActivite,
    FaireTache,
    StatuerRetard,
    Suivre,
    Transferer,
)

__all__ = [
    "Abandonner",
    "ActualiserProjet",
    "AttribuerFiness",
    "Classer",
    "Completer",
    "Confirmer",
    "CorrigerAssociation",
    "DeclarerActivite",
    "DeclarerAssociation",
    "DemanderPieces",
    "DeposerLettre",
    "DeposerProjet",
    "EnregistrerDerogation",
    "ExaminerActivite",
    "FaireTache",
    "Fichiers",
    "Motiver",
    "Refuser",
    "RefuserLettre",
    "RefuserProjet",
    "RendreAvis",
    "RetirerValidation",
    "StatuerRetard",
    "Suivre",
    "Transferer",
    "Valider",
]

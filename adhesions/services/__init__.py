"""Use cases of the adhésions: add, invite, sign, leave, correct."""

from .ajout import ajouter_adherent, annuler_invitation
from .invitation import envoyer_lien
from .signature import deposer_formulaire
from .suivi import corriger_adhesion, sortir_adherent

__all__ = [
    "ajouter_adherent",
    "annuler_invitation",
    "corriger_adhesion",
    "deposer_formulaire",
    "envoyer_lien",
    "sortir_adherent",
]

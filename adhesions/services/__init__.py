"""Use cases of the adhésions: add, invite, sign, leave, correct."""

from .ajout import ajouter_adherent, annuler_invitation
from .correction import corriger_adhesion
from .import_liste import importer_liste
from .invitation import envoyer_lien
from .signature import deposer_formulaire
from .suivi import changer_exercice, retirer_adhesion, sortir_adherent

__all__ = [
    "ajouter_adherent",
    "annuler_invitation",
    "changer_exercice",
    "corriger_adhesion",
    "deposer_formulaire",
    "envoyer_lien",
    "importer_liste",
    "retirer_adhesion",
    "sortir_adherent",
]

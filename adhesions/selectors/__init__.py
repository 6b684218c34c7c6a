"""Reads shaped for the pages of the adhésions."""

from .adherent import page_adherent
from .apercu import chiffres_apercu, colonnes_liste, groupes_apercu, lignes_liste, phrase_comptes
from .liste import identite, page_adherents
from .signature import document_du_lien, page_signature

__all__ = [
    "chiffres_apercu",
    "colonnes_liste",
    "document_du_lien",
    "groupes_apercu",
    "identite",
    "lignes_liste",
    "page_adherent",
    "page_adherents",
    "page_signature",
    "phrase_comptes",
]

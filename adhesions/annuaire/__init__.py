"""The national directory: search, counts, import."""

from .comptes import Denombrement, denombrer, denombrer_tous
from .importation import importer_annuaire
from .recherche import MINIMUM, avertissement, chercher, dernier_extrait

__all__ = [
    "MINIMUM",
    "Denombrement",
    "avertissement",
    "chercher",
    "denombrer",
    "denombrer_tous",
    "dernier_extrait",
    "importer_annuaire",
]

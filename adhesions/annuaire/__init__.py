"""The national directory: search, counts, import."""

from .comptes import Denombrement, denombrer
from .importation import importer_annuaire
from .recherche import MINIMUM, avertissement, chercher, dernier_extrait

__all__ = [
    "MINIMUM",
    "Denombrement",
    "avertissement",
    "chercher",
    "denombrer",
    "dernier_extrait",
    "importer_annuaire",
]

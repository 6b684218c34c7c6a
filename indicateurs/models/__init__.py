from .appel import Appel
from .campagne import Campagne, VersionRapport
from .compteur import Compteur
from .export import Export
from .flux import FluxCalendrier
from .groupee import ActionGroupee, LigneGroupee
from .rapport import PieceRapport, Rapport

__all__ = [
    "ActionGroupee",
    "Appel",
    "Campagne",
    "Compteur",
    "Export",
    "FluxCalendrier",
    "LigneGroupee",
    "PieceRapport",
    "Rapport",
    "VersionRapport",
]

from .appel import Appel
from .export import Export
from .flux import FluxCalendrier
from .groupee import ActionGroupee, LigneGroupee
from .rapport import Rapport

__all__ = ["ActionGroupee", "Appel", "Export", "FluxCalendrier", "LigneGroupee", "Rapport"]

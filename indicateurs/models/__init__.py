from .appel import Appel
from .export import Export
from .flux import FluxCalendrier
from .rapport import Rapport

__all__ = ["Appel", "Export", "FluxCalendrier", "Rapport"]

from .appel import Appel
from .flux import FluxCalendrier
from .rapport import Rapport

__all__ = ["Appel", "FluxCalendrier", "Rapport"]

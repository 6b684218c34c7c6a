from .appel import Appel
from .rapport import Rapport

__all__ = ["Appel", "Rapport"]

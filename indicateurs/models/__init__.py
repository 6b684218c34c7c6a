from .rapport import Rapport

__all__ = ["Rapport"]

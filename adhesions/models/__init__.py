from .adhesion import Adhesion
from .lien import LienSignature
from .professionnel import Professionnel

__all__ = ["Adhesion", "LienSignature", "Professionnel"]

from .adhesion import Adhesion
from .annuaire import Fiche, ImportAnnuaire, RejetAnnuaire
from .lien import LienSignature
from .professionnel import Professionnel

__all__ = ["Adhesion", "Fiche", "ImportAnnuaire", "LienSignature", "Professionnel", "RejetAnnuaire"]

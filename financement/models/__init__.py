from .compte import CompteBancaire
from .contrat import Contrat, Signature
from .transitoire import FinancementArs
from .versement import NumeroVersement, Versement

__all__ = ["CompteBancaire", "Contrat", "FinancementArs", "NumeroVersement", "Signature", "Versement"]

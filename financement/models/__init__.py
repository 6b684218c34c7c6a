from .compte import CompteBancaire
from .contrat import Contrat, Signature
from .livre import Ecriture, LigneEcriture
from .transitoire import FinancementArs
from .versement import NumeroVersement, Versement

__all__ = [
    "CompteBancaire",
    "Contrat",
    "Ecriture",
    "FinancementArs",
    "LigneEcriture",
    "NumeroVersement",
    "Signature",
    "Versement",
]

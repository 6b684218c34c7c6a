from .banque import CompteCaisse, FichierLot, LigneLot, LotPaiement
from .clausier import Clausier
from .compte import CompteBancaire
from .contrat import Contrat, Signature
from .controle import ControleAnnuel
from .delegation import Delegation
from .demande_avenant import DemandeAvenant
from .dotation import DotationAnnuelle
from .exemplaire import Exemplaire
from .livre import Ecriture, LigneEcriture
from .recuperation import MouvementRecuperation, ObservationRecuperation, Recuperation, TermeRecuperation
from .releve import MouvementBancaire, ReleveBancaire
from .resiliation import ProcedureResiliation
from .serie import LigneSerie, Serie
from .transitoire import FinancementArs
from .versement import NumeroVersement, Versement

__all__ = [
    "Clausier",
    "CompteBancaire",
    "CompteCaisse",
    "Contrat",
    "ControleAnnuel",
    "Delegation",
    "DemandeAvenant",
    "DotationAnnuelle",
    "Ecriture",
    "Exemplaire",
    "FichierLot",
    "FinancementArs",
    "LigneEcriture",
    "LigneLot",
    "LigneSerie",
    "LotPaiement",
    "MouvementBancaire",
    "MouvementRecuperation",
    "NumeroVersement",
    "ObservationRecuperation",
    "ProcedureResiliation",
    "Recuperation",
    "ReleveBancaire",
    "Serie",
    "Signature",
    "TermeRecuperation",
    "Versement",
]

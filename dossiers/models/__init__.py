from .derogation import Derogation
from .dossier import Compteur, Couverture, Dossier, Lecteur, TransitionPermise
from .garde import GardeTerritoire
from .instruction import Avis, Decision, DemandePieces, Depot, Jugement, Objet
from .lettre import Association, LettreIntention, ProjetSante
from .suivi import ActiviteMission, Echeance, Message, Porte, Relance, Tache

__all__ = [
    "ActiviteMission",
    "Association",
    "Avis",
    "Compteur",
    "Couverture",
    "Decision",
    "DemandePieces",
    "Depot",
    "Derogation",
    "Dossier",
    "Echeance",
    "GardeTerritoire",
    "Jugement",
    "Lecteur",
    "LettreIntention",
    "Message",
    "Objet",
    "Porte",
    "ProjetSante",
    "Relance",
    "Tache",
    "TransitionPermise",
]

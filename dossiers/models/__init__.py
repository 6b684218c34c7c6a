from .denombrement import Denombrement
from .derogation import Derogation
from .dossier import Compteur, Couverture, Dossier, Lecteur, TransitionPermise
from .garde import GardeTerritoire
from .gouvernance import Consultation, Cooperation, Instance, Siege
from .instruction import Avis, Decision, DemandePieces, Depot, Jugement, Objet, PieceJugement
from .lettre import Association, LettreIntention, ProjetSante
from .mission import FicheMission
from .motivation import Motivation
from .preparation import Preparation
from .recours import Recours
from .strategie import StrategieRegionale
from .suivi import ActiviteMission, Echeance, Message, Porte, Relance, Tache
from .texte import TexteDossier
from .vue import VueListe

__all__ = [
    "ActiviteMission",
    "Association",
    "Avis",
    "Compteur",
    "Consultation",
    "Cooperation",
    "Couverture",
    "Decision",
    "DemandePieces",
    "Denombrement",
    "Depot",
    "Derogation",
    "Dossier",
    "Echeance",
    "FicheMission",
    "GardeTerritoire",
    "Instance",
    "Jugement",
    "Lecteur",
    "LettreIntention",
    "Message",
    "Motivation",
    "Objet",
    "PieceJugement",
    "Porte",
    "Preparation",
    "ProjetSante",
    "Recours",
    "Relance",
    "Siege",
    "StrategieRegionale",
    "Tache",
    "TexteDossier",
    "TransitionPermise",
    "VueListe",
]

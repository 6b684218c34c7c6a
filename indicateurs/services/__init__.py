"""Use cases of the annual reports."""

from .campagnes import ouvrir_campagnes, proroger_rapport
from .compteurs import enregistrer_compteurs
from .rapports import Perime, demander_correction, deposer_rapport, enregistrer_rapport, valider_rapport

__all__ = [
    "Perime",
    "demander_correction",
    "deposer_rapport",
    "enregistrer_compteurs",
    "enregistrer_rapport",
    "ouvrir_campagnes",
    "proroger_rapport",
    "valider_rapport",
]

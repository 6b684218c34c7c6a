"""Use cases of the annual reports."""

from .campagnes import ouvrir_campagnes, proroger_rapport
from .compteurs import enregistrer_compteurs
from .rapports import Perime, demander_correction, deposer_rapport, enregistrer_rapport, valider_rapport
from .syntheses import demander_synthese, syntheses

__all__ = [
    "Perime",
    "demander_correction",
    "demander_synthese",
    "deposer_rapport",
    "enregistrer_compteurs",
    "enregistrer_rapport",
    "ouvrir_campagnes",
    "proroger_rapport",
    "syntheses",
    "valider_rapport",
]

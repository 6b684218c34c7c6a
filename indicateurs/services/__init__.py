"""Use cases of the annual reports."""

from .campagnes import ouvrir_campagnes, proroger_rapport
from .compteurs import MoisPerime, enregistrer_compteurs
from .pieces_rapport import joindre_piece, retirer_piece
from .rapports import Perime, demander_correction, deposer_rapport, enregistrer_rapport, valider_rapport
from .syntheses import demander_synthese, syntheses

__all__ = [
    "MoisPerime",
    "Perime",
    "demander_correction",
    "demander_synthese",
    "deposer_rapport",
    "enregistrer_compteurs",
    "enregistrer_rapport",
    "joindre_piece",
    "ouvrir_campagnes",
    "proroger_rapport",
    "retirer_piece",
    "syntheses",
    "valider_rapport",
]

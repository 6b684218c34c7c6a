"""Use cases of the annual reports."""

from .rapports import demander_correction, deposer_rapport, enregistrer_rapport, valider_rapport

__all__ = ["demander_correction", "deposer_rapport", "enregistrer_rapport", "valider_rapport"]

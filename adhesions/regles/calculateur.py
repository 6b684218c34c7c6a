"""`POST /calculs/seuils/`: body → answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ess_portal.referentiel.regles.saisie import SaisieInvalide, entier

from .seuils import evaluer_seuils

CHAMPS = ("liberaux", "adherents_liberaux", "medecins_presents")


def calculer_seuils(corps: Mapping[str, Any], **reglages: Any) -> dict[str, Any]:
    """The thresholds of these three counts. Raises SaisieInvalide, one French sentence per field."""
    erreurs: dict[str, str] = {}
    valeurs = {nom: entier(corps, nom, erreurs) for nom in CHAMPS}
    if erreurs:
        raise SaisieInvalide(erreurs)
    return evaluer_seuils(valeurs["liberaux"], valeurs["adherents_liberaux"], valeurs["medecins_presents"], **reglages)

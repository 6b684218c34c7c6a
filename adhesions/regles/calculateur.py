"""`POST /calculs/seuils/`: body → answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.saisie import SaisieInvalide, entier

from .seuils import evaluer_seuils

CHAMPS = ("liberaux", "adherents_liberaux", "medecins_presents")


def calculer_seuils(corps: Mapping[str, Any], parametres: Parametres | None = None) -> dict[str, Any]:
    """The thresholds of these three counts. Raises SaisieInvalide, one French sentence per field.

    Adhérents are counted among the libéraux of the territory (CRI-4): more of them is a slip, except where there is no libéral
    at all, which is an answer of its own.
    """
    erreurs: dict[str, str] = {}
    valeurs = {nom: entier(corps, nom, erreurs) for nom in CHAMPS}
    if not erreurs and valeurs["liberaux"] and valeurs["adherents_liberaux"] > valeurs["liberaux"]:
        erreurs["adherents_liberaux"] = "Les adhérents libéraux ne peuvent pas être plus nombreux que les libéraux."
    if erreurs:
        raise SaisieInvalide(erreurs)
    return evaluer_seuils(valeurs["liberaux"], valeurs["adherents_liberaux"], valeurs["medecins_presents"], parametres)

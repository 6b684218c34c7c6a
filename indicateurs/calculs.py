"""The calculators with the reference data they need: what the API and the public pages both call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from adhesions.regles.calculateur import calculer_seuils
from dossiers.regles.calculateur import calculer_echeances, calculer_identifiant
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import epingle_du_jour, parametres_du_jour, reglages_nommes
from ess_portal.socle import horloge
from financement.regles.calculateur import calculer_dotation

__all__ = ["dotation", "echeances", "identifiant", "seuils"]

dotation = calculer_dotation
identifiant = calculer_identifiant


def seuils(corps: Mapping[str, Any]) -> dict[str, Any]:
    """With the national settings of today. Raises SaisieInvalide."""
    return calculer_seuils(corps, parametres_nationaux())


def parametres_nationaux() -> Parametres:
    """What a calculator without département goes by: the national settings of today."""
    return parametres_du_jour("", horloge.aujourdhui())


def echeances(corps: Mapping[str, Any]) -> dict[str, Any]:
    """Raises SaisieInvalide."""
    ouverts = _departements_ouverts()
    return calculer_echeances(
        corps,
        fuseaux={code: fuseau for code, (fuseau, _) in ouverts.items()},
        parametres=_parametres,
        reglages=_reglages,
    )


def _parametres(departement: str, jour: date) -> Parametres:
    return parametres_du_jour(_departements_ouverts()[departement][1], jour)


def _reglages(departement: str, jour: date) -> Mapping[str, str]:
    return reglages_nommes(*epingle_du_jour(_departements_ouverts()[departement][1], jour))


@lru_cache(maxsize=1)
def _departements_ouverts() -> dict[str, tuple[str, str]]:
    """Open département → (its ARS's zone, its region). Reference data, loaded once and for all."""
    lignes = Departement.objects.filter(est_ouvert=True, region__isnull=False)
    return {
        code: (fuseau, region) for code, fuseau, region in lignes.values_list("code", "region__fuseau", "region_id")
    }

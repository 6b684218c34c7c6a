"""How near a date must be to be shown as near: settings of the day, the same for the list, its counts, the dashboard and a dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.services import parametres_du_jour
from ess_portal.socle.horloge import jour_local

from .faits import parametres
from .models import Dossier
from .regles.delais import ajouter

_FUSEAUX: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Seuils:
    """Days: red under `rouge`, orange up to `proche`; a silence within `proche` days is near, other dates within `horizon`."""

    maintenant: datetime
    rouge: int
    proche: int
    horizon: int

    @property
    def fin_proche(self) -> datetime:
        return self.maintenant + timedelta(days=self.proche)

    @property
    def fin_horizon(self) -> datetime:
        return self.maintenant + timedelta(days=self.horizon)


def fuseau_de(region: str | None) -> str:
    """The time zone of a region; the capital's without region. Kept by the process: it changes with a deployment."""
    if not region:
        return "Europe/Paris"
    if not _FUSEAUX:
        _FUSEAUX.update(Region.objects.values_list("code", "fuseau"))
    return _FUSEAUX.get(region, "Europe/Paris")


def seuils_de(acteur: Acteur, maintenant: datetime) -> Seuils:
    """The thresholds for this reader at this instant. One query."""
    jour = jour_local(maintenant, fuseau_de(acteur.region))
    return _selon(parametres_du_jour(acteur.region or "", jour), maintenant, jour)


def seuils_du_dossier(dossier: Dossier, maintenant: datetime) -> Seuils:
    """The thresholds of the set that a dossier is pinned to, for its own pages."""
    jour = jour_local(maintenant, dossier.fuseau)
    return _selon(parametres(dossier, jour), maintenant, jour)


def _selon(p: Parametres, maintenant: datetime, jour: date) -> Seuils:
    def jours(delai: Delai) -> int:
        return (ajouter(jour, delai) - jour).days

    return Seuils(
        maintenant,
        rouge=jours(p.seuil_tacite_rouge),
        proche=jours(p.seuil_tacite_imminent),
        horizon=jours(p.horizon_echeances),
    )

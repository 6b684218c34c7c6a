"""The synthesis of a campaign of reports, over the perimeter of an organisation or the whole country."""

from dataclasses import dataclass
from datetime import date, datetime

from ess_portal.documents.donnees.communs import Service
from ess_portal.documents.donnees.demandes import Serie


@dataclass(frozen=True, kw_only=True)
class ReperesPerimetre:
    """What a document that is about no dossier prints: whose figures, and the zone of its days."""

    perimetre: str
    ars: Service
    date_edition: date
    fuseau: str = "Europe/Paris"


@dataclass(frozen=True, kw_only=True)
class LigneTableau:
    """A row of a table: its name, then one cell per column."""

    titre: str
    valeurs: tuple[str, ...]
    est_total: bool = False


@dataclass(frozen=True, kw_only=True)
class Tableau:
    titre: str
    entetes: tuple[str, ...]
    lignes: tuple[LigneTableau, ...]


@dataclass(frozen=True, kw_only=True)
class SyntheseCampagne:
    """Figures as they stood at `situation_le`, counts already hidden where the nation may not read them (IND-1, IND-2)."""

    reperes: ReperesPerimetre
    campagne: int
    situation_le: datetime
    est_nationale: bool
    retours: tuple[LigneTableau, ...]
    dessin_retours: tuple[Serie, ...]
    par_campagne: Tableau
    series: tuple[Serie, ...]
    legende: tuple[LigneTableau, ...]
    detail: tuple[Tableau, ...]
    qualitatifs: tuple[LigneTableau, ...]
    notes: tuple[str, ...] = ()

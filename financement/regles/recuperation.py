"""REC-1, REC-2: when a recovery may be opened, heard and decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.regles.delais import ajouter, contradictoire
from ess_portal.referentiel.regles.delai import Delai


@dataclass(frozen=True, slots=True)
class Calendrier:
    """The dates of a procedure presented on a day."""

    observations_jusquau: date
    decision_des: date


def ouverture_possible(dernier_jour_18_mois: date, activites_au_dernier_jour: int) -> date | None:
    """The first day on which a person may open the procedure; None when an activity was deployed, last day included."""
    return None if activites_au_dernier_jour else dernier_jour_18_mois + timedelta(days=1)


def calendrier(presentation: date, *, delai_contradictoire: Delai) -> Calendrier:
    fin, decision = contradictoire(presentation, delai_contradictoire)
    return Calendrier(fin, decision)


def paiement_jusquau(reception: date, *, delai_paiement: Delai) -> date:
    """The last day to pay or to observe, from the receipt of the notice."""
    return ajouter(reception, delai_paiement)

"""The weekly digest: when it is due, and what of it is whose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

HEURE = time(7)
JOURS_A_VENIR = 14


def semaine(local: datetime) -> date | None:
    """The Monday whose digest is due at this instant of the organisation's zone; None on Monday before seven. A pass missed on Monday
    is made up for within the week.
    """
    lundi = local.date() - timedelta(days=local.weekday())
    return lundi if local.weekday() or local.time() >= HEURE else None


def est_sien(
    suivi_par: int | None, *, personne: int, supplee: Collection[int], siens: Collection[int], est_chef: bool
) -> bool:
    """Is a dossier for this person's digest? One nobody of the organisation (`siens`) follows is everybody's; one that is followed is
    the agent's, of who stands in for him (`supplee`: those away whom this person stands in for), and of the head of service.
    """
    return est_chef or suivi_par not in siens or suivi_par == personne or suivi_par in supplee

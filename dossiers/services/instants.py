"""The legal instant of a fact of which only the day is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ess_portal.socle.horloge import jour_local

from ..models import Dossier


def instant(jour: date, fuseau: str) -> datetime:
    """Noon of a legal day, in UTC: an act of which only the day is known."""
    return datetime.combine(jour, time(12), ZoneInfo(fuseau)).astimezone(UTC)


def instant_legal(dossier: Dossier, jour: date, maintenant: datetime) -> datetime:
    """When a fact entered now, of a day of the ARS's zone, counts in law: now when it is today's, else noon of its day. It does not
    precede the state it found, whose instant may be a later one of the same day.
    """
    if jour >= jour_local(maintenant, dossier.fuseau):
        return maintenant
    return min(maintenant, max(instant(jour, dossier.fuseau), dossier.statut_depuis))

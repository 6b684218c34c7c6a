"""When to remind before a last day (REL-1), and before the end of a contract (DUR-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .delais import dernier_jour


def jours_avant(dernier: date, mois: Iterable[int]) -> tuple[int, ...]:
    """Steps given in calendar months, as the days that separate them from this last day: date to date, like every delay (CAL-1)."""
    return tuple((dernier - dernier_jour(dernier, -m)).days for m in mois)


def palier_atteint(reste: int, paliers: Iterable[int]) -> int | None:
    """The nearest step reached, `reste` days before the end: a missed run is not made up for by a volley."""
    return min((p for p in paliers if reste <= p), default=None)

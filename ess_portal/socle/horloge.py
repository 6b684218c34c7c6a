"""The only reader of the clock (CAL-4: legal dates are days of the competent ARS's zone, instants are UTC).

In the sandbox the portal lives at a simulated time: an offset kept in the base, read once per request or task
(`charger`), which keeps ticking. Elsewhere the offset is zero and the base is never asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

_decalage: ContextVar[timedelta] = ContextVar("decalage", default=timedelta(0))
_fige: list[datetime] = []


def maintenant() -> datetime:
    """The present instant, aware, in UTC; the sandbox's when the portal runs as one."""
    if _fige:
        return _fige[-1]
    return datetime.now(UTC) + _decalage.get()


def aujourdhui(fuseau: str = "Europe/Paris") -> date:
    """The present day in a time zone named as in the IANA base."""
    return jour_local(maintenant(), fuseau)


def jour_local(instant: datetime, fuseau: str) -> date:
    """The legal day of an instant: its day in the ARS's zone (CAL-4)."""
    return instant.astimezone(ZoneInfo(fuseau)).date()


def fin_de_journee(jour: date, fuseau: str) -> datetime:
    """The instant at which a day is over: 00:00 local of the next day, in UTC, exclusive (CAL-4)."""
    return datetime.combine(jour + timedelta(days=1), time(), ZoneInfo(fuseau)).astimezone(UTC)


@contextmanager
def figer(instant: datetime) -> Iterator[None]:
    """Holds this process's clock at an instant: for tests, and for acts replayed at their own time."""
    if instant.tzinfo is None:
        raise ValueError("un instant porte son fuseau")
    _fige.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fige.pop()


def charger() -> None:
    """Reads the sandbox's offset for the request or task that starts; a no-op outside the sandbox."""
    if not settings.BAC_A_SABLE:
        return
    from .models import HorlogeSimulee  # the app registry is not ready when this module is first imported

    ligne = HorlogeSimulee.objects.filter(id=1).first()
    _decalage.set(ligne.decalage if ligne else timedelta(0))


def regler(instant: datetime) -> None:
    """Moves the sandbox's clock to an instant, from which it goes on ticking.

    Raises PermissionError outside the sandbox.
    """
    if not settings.BAC_A_SABLE:
        raise PermissionError("L’horloge ne se règle que dans le bac à sable.")
    from .models import HorlogeSimulee

    decalage = instant.astimezone(UTC) - datetime.now(UTC)
    HorlogeSimulee.objects.update_or_create(id=1, defaults={"decalage": decalage})
    _decalage.set(decalage)


def decalage() -> timedelta:
    """How far the portal's time stands from the real one."""
    return _decalage.get()


def temps_reel() -> datetime:
    """The machine's instant, whatever the sandbox says: leases, heartbeats and rate limits, never a legal date."""
    return datetime.now(UTC)

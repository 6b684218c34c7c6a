"""Days and instants told a second time from CAL-1 to CAL-4: nothing here comes from the engine, nor from a zone database."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

HEURES_FIXES = {
    "America/Guadeloupe": -4,
    "America/Martinique": -4,
    "America/Cayenne": -3,
    "Indian/Reunion": 4,
    "Indian/Mayotte": 3,
}
FUSEAUX = ("Europe/Paris", *HEURES_FIXES)
UN_JOUR = timedelta(days=1)

# Easter Sundays, as printed in almanacs.
PAQUES = {
    date(annee, mois, jour)
    for annee, (mois, jour) in enumerate(
        (
            *((4, 9), (3, 31), (4, 20), (4, 5), (3, 28), (4, 16), (4, 1), (4, 21), (4, 13)),
            *((3, 28), (4, 17), (4, 9), (3, 25), (4, 13), (4, 5), (4, 25), (4, 10), (4, 1)),
        ),
        2023,
    )
}
FERIES_FIXES = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
FERIES_MOBILES = {paques + timedelta(days=n) for paques in PAQUES for n in (1, 39, 50)}
PREMIERE_ANNEE, DERNIERE_ANNEE = 2023, 2040


def plus(depart: date, mois: int = 0, jours: int = 0) -> date:
    """CAL-1: the same day number, else the last of the month; months first, then days."""
    rang = depart.year * 12 + depart.month - 1 + mois
    annee, numero = rang // 12, rang % 12 + 1
    return date(annee, numero, min(depart.day, calendar.monthrange(annee, numero)[1])) + timedelta(days=jours)


def ouvre(jour: date) -> date:
    """The first working day from this one (CAL-3): neither Saturday, Sunday nor one of the eleven holidays."""
    assert PREMIERE_ANNEE <= jour.year <= DERNIERE_ANNEE, jour
    while jour.weekday() >= 5 or (jour.month, jour.day) in FERIES_FIXES or jour in FERIES_MOBILES:
        jour += UN_JOUR
    return jour


def _dernier_dimanche(annee: int, mois: int) -> date:
    fin = date(annee, mois, 31)
    return fin - timedelta(days=(fin.weekday() + 1) % 7)


def nuits_de_changement(annee: int) -> tuple[date, date]:
    """The Sundays on which Paris goes to summer time and back, both at 01:00 UTC."""
    return _dernier_dimanche(annee, 3), _dernier_dimanche(annee, 10)


def decalage(instant: datetime, fuseau: str) -> timedelta:
    """What the clocks of the zone add to UTC at that instant."""
    if fuseau in HEURES_FIXES:
        return timedelta(hours=HEURES_FIXES[fuseau])
    debut, fin = (
        datetime(d.year, d.month, d.day, 1, tzinfo=UTC) for d in nuits_de_changement(instant.astimezone(UTC).year)
    )
    return timedelta(hours=2 if debut <= instant < fin else 1)


def jour_local(instant: datetime, fuseau: str) -> date:
    """CAL-4: the day it is there."""
    return (instant.astimezone(UTC) + decalage(instant, fuseau)).date()


def heure_locale(jour: date, fuseau: str, heures: int = 0, minutes: int = 0) -> datetime:
    """The instant at which the clocks of the zone show this time; the hours used here exist once each day."""
    naif = datetime(jour.year, jour.month, jour.day, heures, minutes, tzinfo=UTC)
    for essai in (timedelta(hours=h) for h in (1, 2, -4, -3, 3, 4)):
        instant = naif - essai
        if decalage(instant, fuseau) == essai:
            return instant
    raise AssertionError((jour, fuseau, heures, minutes))


def fin_du_jour(jour: date, fuseau: str) -> datetime:
    """CAL-4: 00:00 local of the next day, exclusive."""
    return heure_locale(jour + UN_JOUR, fuseau)

"""Date arithmetic of §4: date to date, on local days, converted to an instant last (CAL-1 to CAL-4)."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ess_portal.referentiel.regles.delai import Delai


def dernier_jour(depart: date, mois: int) -> date:
    """Last day of a delay counted date to date (CAL-1): same day number, else the month's last day."""
    annee, index = divmod(depart.year * 12 + depart.month - 1 + mois, 12)
    return date(annee, index + 1, min(depart.day, monthrange(annee, index + 1)[1]))


def ajouter(depart: date, delai: Delai) -> date:
    """Months first, then days, always from the origin (CAL-1)."""
    return dernier_jour(depart, delai.mois) + timedelta(days=delai.jours)


def retrancher(jour: date, delai: Delai) -> date:
    """The day from which a delay leads to this one, or the nearest before it: what began earlier is over."""
    return dernier_jour(jour - timedelta(days=delai.jours), -delai.mois)


def entre(depart: date, fin: date) -> Delai:
    """The delay that leads from a day to a later one: whole months, then days."""
    mois = 12 * (fin.year - depart.year) + fin.month - depart.month
    if dernier_jour(depart, mois) > fin:
        mois -= 1
    return Delai(mois=mois, jours=(fin - dernier_jour(depart, mois)).days)


def borne(jour: date, fuseau: str) -> datetime:
    """The instant at which a last day is over: 00:00 local of the next day, exclusive, in UTC (CAL-4)."""
    return datetime.combine(jour + timedelta(days=1), time(), ZoneInfo(fuseau)).astimezone(UTC)


def jour_legal(instant: datetime, fuseau: str) -> date:
    """The day of an instant in the competent ARS's zone (CAL-4)."""
    return instant.astimezone(ZoneInfo(fuseau)).date()


def paques(annee: int) -> date:
    """Easter Sunday (Gauss, Meeus)."""
    a, (b, c) = annee % 19, divmod(annee, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    (i, k) = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mois, jour = divmod(h + m - 7 * n + 114, 31)
    return date(annee, mois, jour + 1)


def est_ouvre(jour: date) -> bool:
    """Neither a week-end day nor one of the eleven national holidays."""
    p = paques(jour.year)
    mobiles = {p + timedelta(days=n) for n in (1, 39, 50)}
    fixes = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return jour.weekday() < 5 and jour not in mobiles and (jour.month, jour.day) not in fixes


def reporter(jour: date) -> date:
    """The first working day from this one on (CAL-3, a setting for the applicant's delays only)."""
    while not est_ouvre(jour):
        jour += timedelta(days=1)
    return jour


def contradictoire(presentation: date, delai: Delai) -> tuple[date, date]:
    """(last day for observations, first day on which a decision may be taken), REC-1 and REC-2."""
    fin = ajouter(presentation, delai)
    return fin, fin + timedelta(days=1)


def retrait_permis(jour: date, dernier: date, fondement: str = "L242-1") -> bool:
    """DL-8: an illegal favourable decision is withdrawn within its delay, last day included; L242-2 and L242-4 have none."""
    return fondement in ("L242-2", "L242-4") or jour <= dernier

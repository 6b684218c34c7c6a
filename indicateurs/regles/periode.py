"""The periods of a calendar, a month or a quarter of the civil year: read from an address, shown, walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ess_portal.socle.typographie import INSECABLE, MOIS

MOIS_SEUL, TRIMESTRE = "mois", "trimestre"
RANGS = ("premier", "deuxième", "troisième", "quatrième")
GENRES = {MOIS_SEUL: 1, TRIMESTRE: 3}
MOIS_ISO = re.compile(r"([0-9]{4})-([0-9]{2})")
ANNEES = range(2000, 2100)


@dataclass(frozen=True)
class Periode:
    """`debut` is the first day of its first month; `mois`, how many months it lasts: 1, or 3 from January, April, July or October."""

    debut: date
    mois: int

    @property
    def genre(self) -> str:
        return TRIMESTRE if self.mois == GENRES[TRIMESTRE] else MOIS_SEUL

    @property
    def fin(self) -> date:
        """Its last day."""
        return _avancer(self.debut, self.mois) - timedelta(days=1)

    @property
    def cle(self) -> str:
        """« 2026-12 », as the address has it."""
        return f"{self.debut:%Y-%m}"

    @property
    def titre(self) -> str:
        """« décembre 2026 », « quatrième trimestre 2026 »."""
        if self.mois == GENRES[MOIS_SEUL]:
            return f"{MOIS[self.debut.month]}{INSECABLE}{self.debut.year}"
        return f"{RANGS[self.debut.month // 3]} trimestre{INSECABLE}{self.debut.year}"

    def voisine(self, sens: int) -> Periode | None:
        """The one before (-1) or after (1); none beyond the years that an address may say."""
        debut = _avancer(self.debut, sens * self.mois)
        return Periode(debut, self.mois) if debut.year in ANNEES else None

    def en(self, genre: str) -> Periode:
        """The period of this kind that holds its first day."""
        return contenant(self.debut, genre)

    def par_mois(self) -> Iterator[Periode]:
        for n in range(self.mois):
            yield Periode(_avancer(self.debut, n), 1)

    def semaines(self) -> list[list[date | None]]:
        """Its days in weeks that begin on a Monday; None stands for a day of another period."""
        jours: list[date | None] = [None] * self.debut.weekday()
        jours += [self.debut + timedelta(days=n) for n in range((self.fin - self.debut).days + 1)]
        jours += [None] * (-len(jours) % 7)
        return [jours[n : n + 7] for n in range(0, len(jours), 7)]


def contenant(jour: date, genre: str) -> Periode:
    """The month or the quarter of this day."""
    mois = GENRES[genre]
    return Periode(date(jour.year, jour.month - (jour.month - 1) % mois, 1), mois)


def lire(genre: str, debut: str, aujourdhui: date) -> Periode:
    """The period of an address; what is no period is today's, a month that is not a quarter's first gives its quarter."""
    genre = genre if genre in GENRES else MOIS_SEUL
    lu = MOIS_ISO.fullmatch(debut)
    if lu and int(lu[1]) in ANNEES and 1 <= int(lu[2]) <= 12:
        return contenant(date(int(lu[1]), int(lu[2]), 1), genre)
    return contenant(aujourdhui, genre)


def _avancer(debut: date, mois: int) -> date:
    rang = debut.year * 12 + debut.month - 1 + mois
    return date(rang // 12, rang % 12 + 1, 1)

"""What the contracts in force are expected to cost, month by month: what is committed and not paid, then the years that begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from dossiers.regles.delais import ajouter
from ess_portal.referentiel.regles.delai import Delai

from .dotation import annees_avant, anniversaire
from .livre import Enveloppe, Soldes

HORIZON = 18
DOTATION = "dotation"


@dataclass(frozen=True, slots=True)
class DotationSignee:
    """`fin`: the first day out of it; `montant`: of its first year; `est_close`: it counts its years and opens none any more."""

    effet: date
    fin: date | None
    montant: Decimal
    est_close: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FaitsBudget:
    """One dossier. `seconde_part`: what the credit keeps for after the projet, 0 where it is paid at once; `projet_au_plus_tard`: the last
    day of the step that the projet is at (DL-2, DL-3), None once it is validated or without a date.
    """

    enveloppes: Mapping[Enveloppe, Soldes]
    dotations: Sequence[DotationSignee] = field(default_factory=tuple)
    seconde_part: Decimal = Decimal(0)
    projet_au_plus_tard: date | None = None


@dataclass(frozen=True, slots=True)
class Attendu:
    """A sum expected on a day; `annee`: the year of the dotation, 0 for a credit."""

    jour: date
    montant: Decimal
    annee: int = 0
    est_engage: bool = True


def attendus(f: FaitsBudget, jour: date) -> Iterator[Attendu]:
    """What this dossier is still expected to be paid, nothing dated before `jour`: first what is committed, then the years that begin
    within the months of the horizon while a contract runs, each for the amount of the last year known.
    """
    for enveloppe, s in f.enveloppes.items():
        if enveloppe.poste == DOTATION:
            yield from _un(_debut(f.dotations, enveloppe.annee, jour), s.reste_a_verser, enveloppe.annee)
        else:
            tard = min(s.a_liquider, f.seconde_part)
            yield from _un(jour, s.reste_a_verser - tard, 0)
            yield from _un(max(jour, f.projet_au_plus_tard or jour), tard, 0)
    engagees = {e.annee: s.engage_total for e, s in f.enveloppes.items() if e.poste == DOTATION and s.engage_total}
    for annee, debut, contrat in _annees(f.dotations, _mois(jour, HORIZON)):
        if annee not in engagees and not contrat.est_close:
            connues = [m for rang, m in sorted(engagees.items()) if rang < annee]
            yield Attendu(max(jour, debut), connues[-1] if connues else contrat.montant, annee, est_engage=False)


def par_mois(lignes: Iterable[Attendu], jour: date) -> tuple[dict[date, Decimal], Decimal]:
    """(amount of each of the months to come, by its first day; what is committed beyond them)."""
    mois = list(prochains_mois(jour))
    somme, au_dela = dict.fromkeys(mois, Decimal(0)), Decimal(0)
    for x in lignes:
        debut = x.jour.replace(day=1)
        if debut in somme:
            somme[debut] += x.montant
        else:
            au_dela += x.montant
    return somme, au_dela


def prochains_mois(jour: date) -> Iterator[date]:
    """The first days of the months of the horizon, the current one first."""
    for rang in range(HORIZON):
        yield _mois(jour, rang)


def _mois(jour: date, rang: int) -> date:
    """The first day of the month that comes `rang` months after a day's."""
    annee, index = divmod(jour.year * 12 + jour.month - 1 + rang, 12)
    return date(annee, index + 1, 1)


def _un(jour: date, montant: Decimal, annee: int) -> Iterator[Attendu]:
    if montant > 0:
        yield Attendu(jour, montant, annee)


def _annees(dotations: Sequence[DotationSignee], avant: date) -> Iterator[tuple[int, date, DotationSignee]]:
    """(year of the dossier, its first day, its contract) of each year that begins before a day; years go on through
    a renewal.
    """
    premiere = 1
    for d in sorted(dotations, key=lambda x: x.effet):
        limite = min(avant, d.fin) if d.fin else avant
        for rang in range(annees_avant(d.effet, limite)):
            yield premiere + rang, anniversaire(d.effet, rang), d
        premiere += annees_avant(d.effet, d.fin) if d.fin else 0


def _debut(dotations: Sequence[DotationSignee], annee: int, jour: date) -> date:
    """The first day of a year, never before `jour`."""
    loin = ajouter(jour, Delai(mois=12 * 12))
    return max([jour, *(debut for rang, debut, _ in _annees(dotations, loin) if rang == annee)])

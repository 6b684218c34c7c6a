"""The years a report is about: those of the contrat de dotation, counted from its `date_effet` (FIN-6, IND-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from dossiers.models import Dossier
from dossiers.regles.delais import dernier_jour
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from ess_portal.socle.typographie import date_fr
from financement.echeancier import premiere_annee
from financement.models import Contrat
from financement.selectors import argent
from financement.services import dates

from .regles.echeance_rapport import due_le

MAXIMUM = 50


@dataclass(frozen=True)
class Periode:
    """Year `annee` of the contract; its report is due at the anniversary, or on the day that the setting fixes."""

    annee: int
    debut: date
    fin: date
    echeance: str = "anniversaire"

    @property
    def due_le(self) -> date:
        return due_le(self.fin, self.echeance)

    @property
    def suivante(self) -> date:
        """The first day of the next year."""
        return self.fin + timedelta(days=1)

    @property
    def ouverture(self) -> date:
        """The report may be filed from a month before the year's end: figures of a longer stretch to come would be guesses."""
        return dernier_jour(self.suivante, -1)


def anniversaire(effet: date, rang: int) -> date:
    """The rang-th anniversary: 29 February gives 28 February (FIN-6)."""
    return dernier_jour(effet, 12 * rang)


def periodes(dossier: Dossier, jour: date) -> list[Periode]:
    """The contract years begun by a day, counted on through renewals; a contract that ended cuts its last one.

    None without contract. The years of a report and those of a payment bear the same numbers.
    """
    annees: list[Periode] = []
    contrats = argent(dossier).dotations
    for contrat, suivant in zip_longest(contrats, contrats[1:]):
        terme = _terme(contrat, suivant)
        echeance = dates.parametres(contrat).echeance_rapport
        premiere = premiere_annee(dossier, contrat)
        for rang in range(MAXIMUM - premiere):
            debut = anniversaire(contrat.date_effet, rang)
            if debut > jour or (terme is not None and debut >= terme):
                break
            fin = anniversaire(contrat.date_effet, rang + 1) - timedelta(days=1)
            annees.append(Periode(premiere + rang, debut, min(fin, terme) if terme else fin, echeance))
    return annees


def _terme(contrat: Contrat, suivant: Contrat | None) -> date | None:
    """The last day a contract may reach: its early end, its term, the eve of the next one's effect."""
    jours = [contrat.date_resiliation or contrat.date_fin, suivant.date_effet - timedelta(days=1) if suivant else None]
    return min((j for j in jours if j is not None), default=None)


def periode(dossier: Dossier, annee: int, jour: date) -> Periode:
    """Raises Introuvable for a rank that can be no year, ErreurMetier in a sentence for a year without contract."""
    if not 1 <= annee < MAXIMUM:
        raise Introuvable
    connues = periodes(dossier, jour)
    if not connues:
        raise ErreurMetier(
            "annee",
            "Aucun contrat de dotation n’est en vigueur\u00a0: il n’y a pas encore de rapport d’activité à remplir.",
        )
    for p in connues:
        if p.annee == annee:
            return p
    if annee > connues[-1].annee and connues[-1].fin < jour:
        raise ErreurMetier(
            "annee",
            f"Le contrat de dotation n’a pas d’année {annee}\u00a0: il s’est terminé le {date_fr(connues[-1].fin)}.",
        )
    raise ErreurMetier(
        "annee", f"L’année {annee} du contrat n’a pas commencé\u00a0: elle débute le {date_fr(connues[-1].suivante)}."
    )

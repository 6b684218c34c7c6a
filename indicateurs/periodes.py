"""The years a report is about: those of the contrat de dotation, counted from its `date_effet` (FIN-6, IND-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers import faits
from dossiers.faits import externes
from dossiers.models import Dossier
from dossiers.regles.delais import dernier_jour
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from ess_portal.socle.typographie import date_fr
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
    """The contract years begun by a day; a contract that ended cuts the last one. None without contract."""
    x = externes(dossier, jour)
    if x.effet_dotation is None:
        return []
    echeance = _parametres(dossier, jour).echeance_rapport
    annees = []
    for rang in range(1, MAXIMUM):
        debut = anniversaire(x.effet_dotation, rang - 1)
        if debut > jour or (x.fin_dotation is not None and debut > x.fin_dotation):
            break
        fin = anniversaire(x.effet_dotation, rang) - timedelta(days=1)
        annees.append(Periode(rang, debut, min(fin, x.fin_dotation) if x.fin_dotation else fin, echeance))
    return annees


def _parametres(dossier: Dossier, jour: date) -> Parametres:
    """Those that the contract in force is pinned to."""
    contrat = argent(dossier).signe(Contrat.Type.DOTATION)
    return dates.parametres(contrat) if contrat is not None else faits.parametres(dossier, jour)


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

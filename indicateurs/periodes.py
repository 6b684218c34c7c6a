"""The years a report is about: those of the contrat de dotation, counted from its `date_effet` (FIN-6, IND-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.models import Dossier
from dossiers.regles.delais import dernier_jour
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from ess_portal.socle.typographie import date_fr
from financement.annees import MAXIMUM, annees
from financement.services import dates

from .models import Campagne
from .regles.echeance_rapport import due_le


@dataclass(frozen=True)
class Periode:
    """Year `annee` of the contract; its report is due at the anniversary, or on the day that the setting fixes, or until the day to which
    the ARS put it off.
    """

    annee: int
    debut: date
    fin: date
    echeance: str = "anniversaire"
    prorogee_au: date | None = None

    @property
    def due_le(self) -> date:
        return max(self.regle_le, self.prorogee_au or self.regle_le)

    @property
    def regle_le(self) -> date:
        """The day by the rule, whatever was granted."""
        return due_le(self.fin, self.echeance)

    @property
    def suivante(self) -> date:
        """The first day of the next year."""
        return self.fin + timedelta(days=1)

    @property
    def ouverture(self) -> date:
        """The report may be filed from a month before the year's end: figures of a longer stretch to come would be guesses."""
        return dernier_jour(self.suivante, -1)


def periodes(dossier: Dossier, jour: date) -> list[Periode]:
    """The contract years begun by a day, counted on through renewals; a contract that ended cuts its last one.

    None without contract. The years of a report and those of a payment bear the same numbers.
    """
    lues = annees(dossier, jour)
    if not lues:
        return []
    prorogees = dict(
        Campagne.objects.filter(dossier=dossier, prorogee_au__isnull=False).values_list("annee", "prorogee_au")
    )
    return [
        Periode(a.annee, a.debut, a.fin, dates.parametres(a.contrat).echeance_rapport, prorogees.get(a.annee))
        for a in lues
    ]


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

"""The contract years of a dossier's dotation, counted on through renewals (FIN-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.models import Dossier

from .models import Contrat
from .regles.dotation import annee_contrat, annees_avant
from .selectors import argent

MAXIMUM = 50


@dataclass(frozen=True)
class AnneeContrat:
    """`terme`: last day of the whole year; `fin`: its last day in the contract, before `terme` when the contract ended."""

    annee: int
    contrat: Contrat
    debut: date
    terme: date
    fin: date

    @property
    def suivante(self) -> date:
        """The first day after it: the anniversary at which it is closed."""
        return self.fin + timedelta(days=1)

    @property
    def est_entiere(self) -> bool:
        return self.fin == self.terme


def premiere_annee(dossier: Dossier, dotation: Contrat) -> int:
    """Years go on counting through a renewal, so that one payment stands for one year of the dossier; a contract that ended early counts
    for the years it had begun.
    """  # fmt: skip
    a = argent(dossier)
    anterieurs = [(c.date_effet, a.fin(c)) for c in a.dotations if c.date_effet < dotation.date_effet]
    return 1 + sum(annees_avant(effet, fin) for effet, fin in anterieurs if fin)


def annees(dossier: Dossier, jour: date) -> list[AnneeContrat]:
    """The years begun by a day; a contract that ended cuts its last one. None without contract."""
    a, lues = argent(dossier), []
    for contrat in a.dotations:
        dehors, premiere = a.fin(contrat), premiere_annee(dossier, contrat)
        for rang in range(MAXIMUM - premiere):
            debut, terme = annee_contrat(contrat.date_effet, rang + 1)
            if debut > jour or (dehors is not None and debut >= dehors):
                break
            fin = terme if dehors is None else min(terme, dehors - timedelta(days=1))
            lues.append(AnneeContrat(premiere + rang, contrat, debut, terme, fin))
    return lues

"""What the annual reports tell the dossier: the contract years whose report is in the hands of the ARS and the caisse."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.models import Dossier
from financement.models import Contrat
from financement.selectors import argent

from .models import Rapport


def fournir(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The keys of `dossiers.faits.FaitsExternes` that stand here: last days of the years reported; one sent back does not count.

    Kept on the dossier object: a page asks for the facts several times.
    """
    if argent(dossier).signe(*Contrat.Type.values) is None:
        return {}
    if not hasattr(dossier, "_rapports_deposes"):
        remis = Rapport.objects.filter(dossier=dossier, statut__in=(Rapport.Statut.DEPOSE, Rapport.Statut.VALIDE))
        dossier._rapports_deposes = tuple(remis.order_by("fin").values_list("fin", flat=True))
    return {"rapports_deposes": dossier._rapports_deposes}


def oublier(dossier: Dossier) -> None:
    """To call when a report has changed hands: the next reader reads again."""
    dossier.__dict__.pop("_rapports_deposes", None)

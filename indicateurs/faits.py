"""What the annual reports tell the dossier: the contract years whose report is in the hands of the ARS and the caisse."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.faits import RapportFait
from dossiers.models import Dossier
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat
from financement.selectors import argent

from .models import Rapport


def fournir(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The keys of `dossiers.faits.FaitsExternes` that stand here: the years reported, with their account of use; one sent back does not count.

    Kept on the dossier object: a page asks for the facts several times.
    """
    # A contract that ended still has its reports: what the days lived are owed waits for them (FIN-10).
    if argent(dossier).signe(*Contrat.Type.values) is None and not argent(dossier).dotations:
        return {}
    if not hasattr(dossier, "_rapports"):
        remis = Rapport.objects.filter(dossier=dossier, statut__in=(Rapport.Statut.DEPOSE, Rapport.Statut.VALIDE))
        dossier._rapports = tuple(
            RapportFait(r.fin, jour_local(r.depose_le, dossier.fuseau), r.montant_depense, r.solde)
            for r in remis.order_by("fin").only("dossier", "fin", "depose_le", "montant_depense", "solde")
        )
    return {"rapports": dossier._rapports}


def oublier(dossier: Dossier) -> None:
    """To call when a report has changed hands: the next reader reads again."""
    dossier.__dict__.pop("_rapports", None)

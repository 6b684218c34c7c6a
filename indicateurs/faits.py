"""What the annual reports tell the dossier: the contract years whose report is in the hands of the ARS and the caisse."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from dossiers.faits import RapportFait
from dossiers.models import Dossier
from dossiers.regles.faits_delais import ProrogationFait
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat
from financement.selectors import argent

from .models import Campagne, Rapport, VersionRapport


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


def prorogations(dossier: Dossier) -> tuple[ProrogationFait, ...]:
    """The reports put off, by year, each with the first filing since. One query, kept on the dossier object."""
    if not hasattr(dossier, "_prorogations"):
        depuis = VersionRapport.objects.filter(
            dossier=OuterRef("dossier"), rapport__annee=OuterRef("annee"), deposee_le__gt=OuterRef("prorogee_le")
        ).order_by("deposee_le")
        lues = Campagne.objects.filter(dossier=dossier, prorogee_au__isnull=False).annotate(
            remis_le=Subquery(depuis.values("deposee_le")[:1])
        )
        dossier._prorogations = tuple(
            ProrogationFait(
                annee=x.annee,
                attendu_le=x.due_le,
                au=x.prorogee_au,
                accordee_le=jour_local(x.prorogee_le, dossier.fuseau),
                remis_le=jour_local(x.remis_le, dossier.fuseau) if x.remis_le else None,
            )
            for x in lues.order_by("annee")
        )
    return dossier._prorogations


def oublier(dossier: Dossier) -> None:
    """To call when a report has changed hands: the next reader reads again."""
    dossier.__dict__.pop("_rapports", None)
    dossier.__dict__.pop("_prorogations", None)

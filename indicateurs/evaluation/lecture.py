"""The filed reports as the evaluation reads them: one query each, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, ExtractYear

from adhesions.models import Adhesion
from ess_portal.comptes.acteur import Acteur

from ..models import Rapport
from ..pilotage.echeances import Filtres
from ..regles.indicateurs import INDICATEURS

Sommes = Mapping[tuple[int, str], Mapping[str, int]]
REMIS = (Rapport.Statut.DEPOSE, Rapport.Statut.VALIDE)
LIGNES = 300


def remis(acteur: Acteur, filtres: Filtres) -> QuerySet[Rapport]:
    """Reports in the hands of the ARS and the caisse, with `campagne`, the year in which the contract year ended."""
    return (
        Rapport.objects.pour(acteur)
        .filter(filtres.q("dossier__"), statut__in=REMIS)
        .annotate(campagne=ExtractYear("fin"))
    )


def sommes(acteur: Acteur, filtres: Filtres) -> dict[tuple[int, str], dict[str, int]]:
    """(campaign, region) → number of reports under `n`, sum of each indicator. One query."""
    lignes = (
        remis(acteur, filtres)
        .order_by()
        .values("campagne", "dossier__region")
        .annotate(n=Count("pk"), **{f"s_{i.code}": Coalesce(Sum(i.code), Value(0)) for i in INDICATEURS})
    )
    return {
        (x["campagne"], x["dossier__region"]): {"n": x["n"]} | {i.code: x[f"s_{i.code}"] for i in INDICATEURS}
        for x in lignes
    }


def par_equipe(acteur: Acteur, filtres: Filtres, campagne: int) -> list[Rapport]:
    """One campaign's reports by the équipe's name, each with `adherents`: who adhered on at least one day of its year. One query."""
    presents = (
        Adhesion.objects.actives(OuterRef("debut"), OuterRef("fin"))
        .filter(dossier=OuterRef("dossier"))
        .order_by()
        .values("dossier")
        .annotate(n=Count("professionnel", distinct=True))
        .values("n")
    )
    lues = remis(acteur, filtres).filter(campagne=campagne).select_related("dossier")
    lues = lues.annotate(adherents=Coalesce(Subquery(presents, output_field=IntegerField()), 0))
    return list(lues.order_by("dossier__nom", "dossier", "annee")[:LIGNES])

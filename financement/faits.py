"""What the money side tells the dossier: contracts signed or in signature, credit settled, dotation's dates, years paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dossiers.models import Dossier
from dossiers.regles.faits_delais import DemandeAvenantFait, DotationFait

from .annees import premiere_annee
from .models import Contrat, Versement
from .regles.procedure import OUVERTS
from .regles.versements import CREDITS
from .selectors import argent


def fournir(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The keys of `dossiers.faits.FaitsExternes` that stand here, on a day of the dossier's zone."""
    a = argent(dossier)
    credit = a.signe(*Contrat.CREDITS, au=jour)
    dotations = tuple(
        DotationFait(effet=c.date_effet, fin=a.fin(c), premiere=premiere_annee(dossier, c)) for c in a.signees(au=jour)
    )
    ars = a.financement_ars
    annees = tuple(
        v.annee
        for v in a.actifs
        if v.nature == "dotation" and v.statut in (Versement.Statut.VALIDE, Versement.Statut.PAYE)
    )
    return {
        "amorcage_signe_le": credit.signe_jour if credit else None,
        "contrat_signe": credit is not None or bool(dotations),
        "contrat_propose": a.propose.type if a.propose else "",
        "amorcage_solde": _est_solde(dossier, credit),
        "dotations": dotations,
        "engagement_transitoire_le": ars.engagement_le if ars else None,
        "recuperation_ouverte": any(r.creancier == "caisse" and r.statut in OUVERTS for r in a.recuperations),
        "annees_versees": annees,
        "anniversaires_verses": tuple(n - 1 for n in annees if n > 1),
    }


def demandes_avenant(dossier: Dossier) -> tuple[DemandeAvenantFait, ...]:
    """Every demand for an avenant, in their order: their days are those of the dossier's zone."""
    return tuple(x.faits(dossier.fuseau, rang) for rang, x in enumerate(argent(dossier).demandes_avenant, 1))


def _est_solde(dossier: Dossier, credit: Contrat | None) -> bool:
    """Is the seed credit paid, closed, or not due (gate of signer_dotation)? A credit in signature is neither."""
    a = argent(dossier)
    if credit is None:
        return a.propose is None or not a.propose.est_credit
    paye = sum((v.montant for v in a.actifs if v.nature in CREDITS and v.statut == "paye"), Decimal(0))
    return paye >= credit.montant

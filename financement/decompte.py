"""The facts of a contract year for its statement: headcount of each day, readings of the contract's set, what was advanced."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from adhesions.effectifs import Comptage
from dossiers.models import Dossier
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import ErreurMetier

from .annees import AnneeContrat
from .regles.decompte import Annee, Decompte, Lectures, etablir
from .selectors import argent
from .services import dates
from .services.montants import bornes


def faits_annee(dossier: Dossier, periode: AnneeContrat, *, connu_le: datetime | None = None) -> Annee:
    """From rows; `connu_le`: the adhésions as they were known at that instant, now without it."""
    p = dates.parametres(periode.contrat)
    comptage = Comptage.du_dossier(dossier, periode.fin, connu_le, p)
    avance = argent(dossier).versement("dotation", periode.annee)
    return Annee(
        rang=periode.annee,
        debut=periode.debut,
        terme=periode.terme,
        fin=periode.fin,
        marches=tuple((x.du, x.nombre) for x in comptage.paliers(periode.debut, periode.fin)),
        lectures=lectures(p),
        avance=avance.montant if avance else Decimal("0.00"),
    )


def lectures(p: Parametres) -> Lectures:
    """What the set says of the dotation."""
    return Lectures(
        bareme=p.bareme,
        table=tuple(p.bareme_table.paires),
        effectif=p.effectif,
        ordre=p.ordre,
        sous_10=p.sous_10,
        comptes_dotation=p.comptes_dotation,
        regularisation=p.regularisation,
        bornes=bornes(p),
    )


def calculer(a: Annee) -> Decompte:
    """Raises ErreurMetier where the contract's table says nothing of a headcount."""
    try:
        return etablir(a)
    except ValueError as refus:
        raise ErreurMetier(
            "bareme",
            f"Le barème «\u00a0{a.lectures.bareme}\u00a0» ne prévoit pas l’effectif de cette année\u00a0: complétez les paramètres.",
        ) from refus

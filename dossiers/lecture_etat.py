"""A dossier read while the scan is late: its moving columns as the law has them at the instant of `Dossier.objects.au` (CAL-9)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import datetime

from django.db.models import prefetch_related_objects

from .models import Dossier, Echeance
from .regles import au_droit
from .regles.statuts import Statut


def statut_lu(dossier: Dossier) -> str:
    """The effective state when the row was read with `au(...)`, the stored one otherwise."""
    return getattr(dossier, "statut_effectif", None) or dossier.statut


def _ecrit(d: Dossier) -> au_droit.Etat:
    return au_droit.Etat(Statut(d.statut), d.statut_depuis, d.bascule_le, d.prochaine_le, d.est_tardif)


def _lu_le(d: Dossier) -> datetime | None:
    """None for a row read without instant, as a service holds it once silence has been written down."""
    return getattr(d, "lu_le", None)


def est_en_retard(d: Dossier) -> bool:
    """Has something passed that no scan has written down? The dates are then worth a look, and only then."""
    instant = _lu_le(d)
    return instant is not None and au_droit.est_en_retard(_ecrit(d), instant)


def lu_au_droit(d: Dossier) -> Dossier:
    """The row with its moving columns as the law has them, the state being `statut_effectif`: itself, or a copy that is only to be read."""
    instant = _lu_le(d)
    if instant is None or not est_en_retard(d):
        return d
    etat, vu = au_droit.lire(_ecrit(d), d.echeances.all(), instant), copy(d)
    vu.statut_depuis, vu.prochaine_le, vu.est_tardif = etat.depuis, etat.prochaine_le, etat.est_tardif
    return vu


def charger_retards(dossiers: Iterable[Dossier]) -> None:
    """The dates of those that the scan has not caught up with, in one query for all of them."""
    if retards := [d for d in dossiers if est_en_retard(d)]:
        prefetch_related_objects(retards, "echeances")


def statut_au_droit(e: Echeance, d: Dossier) -> str:
    """The state of a date of this dossier: past its instant it is open no more, whether the scan has come or not."""
    fin = d.bascule_le if d.statut == Statut.DOTATION_ACTIVE else None
    return au_droit.statut_de_date(e.statut, e.instant, d.lu_le, fin=fin)

"""What a silence that no scan has written down has started, across dossiers (CAL-9): only to be read, for files and calendars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from .lecture_etat import taches_a_ouvrir
from .models import Dossier, Echeance, Porte, Tache
from .regles import au_droit
from .regles.statuts import Statut

E = Echeance.Statut


def dates_nees(lignes: QuerySet[Echeance], instant: datetime) -> list[Echeance]:
    """The dates born of the silences of `lignes`, as the scan will write them. One query: few silences are behind, or none."""
    sources = (*au_droit.SILENCES.values(), au_droit.REJET)
    passees = lignes.filter(statut=E.OUVERTE, instant__lte=instant, regle__in=sources).exclude(suite=[])
    return [
        _nee(e, s, instant)
        for e in passees.select_related("dossier", "ars", "caisse", "equipe").order_by("instant", "pk")
        for s in au_droit.suites_nees(_ecrit(e.dossier), [e], instant)
    ]


def _nee(source: Echeance, s, instant: datetime) -> Echeance:
    nee = Echeance(dossier=source.dossier, **{c: s.get(c) for c in ("regle", "objet", "rang", "qui", "explication")})
    for colonne, valeur in Porte.colonnes(source.dossier).items():
        setattr(nee, colonne, valeur)
    nee.ars, nee.caisse, nee.equipe = source.ars, source.caisse, source.equipe
    nee.dernier_jour = date.fromisoformat(s["dernier_jour"])
    nee.acquise_le = date.fromisoformat(s["acquise_le"]) if s.get("acquise_le") else None
    nee.instant, nee.modifiee_le = datetime.fromisoformat(s["instant"]), source.instant
    nee.statut = au_droit.statut_de_date(E.OUVERTE, nee.instant, instant)
    return nee


def _ecrit(d: Dossier) -> au_droit.Etat:
    return au_droit.Etat(Statut(d.statut), d.statut_depuis, d.bascule_le, d.prochaine_le, d.est_tardif)


def taches_nees(dossiers: QuerySet[Dossier], instant: datetime) -> Iterable[Tache]:
    """The tasks that dates gone by have left in these dossiers and that no scan has written down. Two queries."""
    passee = Echeance.objects.filter(dossier=OuterRef("pk"), statut=E.OUVERTE, instant__lte=instant)
    lus = dossiers.au(instant).filter(Exists(passee)).select_related("ars", "caisse").prefetch_related("echeances")
    for d in lus.order_by("pk"):
        yield from taches_a_ouvrir(d)

"""A dossier read while the scan is late: its moving columns as the law has them at the instant of `Dossier.objects.au` (CAL-9)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from .models import Decision, Dossier, Echeance, Tache
from .regles import au_droit
from .regles.statuts import Statut
from .services.passage import FINS


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


def dates_au_droit(d: Dossier) -> list[Echeance]:
    """Every date of a dossier as the law has it: copies of its rows, only to be read, and what a silence that no scan has written down
    has started.
    """
    instant, lues = _lu_le(d), {}
    if instant is None:
        return list(d.echeances.all())
    for e in d.echeances.all():
        vue = lues[e.regle, e.objet, e.rang] = copy(e)
        vue.statut = statut_au_droit(e, d)
    for s in au_droit.suites_nees(_ecrit(d), d.echeances.all(), instant):
        vue = Echeance(dossier=d, **{c: s.get(c) for c in ("regle", "objet", "rang", "qui", "explication")})
        vue.dernier_jour = date.fromisoformat(s["dernier_jour"])
        vue.acquise_le = date.fromisoformat(s["acquise_le"]) if s.get("acquise_le") else None
        vue.instant, vue.suite = datetime.fromisoformat(s["instant"]), s.get("suite") or []
        vue.statut = au_droit.statut_de_date(Echeance.Statut.OUVERTE, vue.instant, instant)
        lues[vue.regle, vue.objet, vue.rang] = vue
    return sorted(lues.values(), key=lambda e: (e.instant or instant, e.regle, e.rang))


def decision_du_silence(d: Dossier) -> Decision | None:
    """The tacit decision that is born and that no scan has written down, as it will be written: only to be read."""
    instant, regle = _lu_le(d), au_droit.SILENCES.get(Statut(d.statut))
    if instant is None or d.bascule_le is None or d.bascule_le > instant:
        return None
    for e in d.echeances.all():
        if e.regle == regle and e.statut == Echeance.Statut.OUVERTE and e.instant == d.bascule_le:
            return Decision(
                dossier=d,
                objet=e.objet,
                version=e.rang,
                sens=Decision.Sens.FAVORABLE,
                mode=Decision.Mode.TACITE,
                date_acquise=e.acquise_le,
                dernier_jour=e.dernier_jour,
                prise_le=e.instant,
                explication=e.explication,
            )
    return None


def taches_a_ouvrir(d: Dossier) -> list[Tache]:
    """The tasks that dates gone by have left and that no scan has written down, as it will write them: only to be read."""
    if not est_en_retard(d):
        return []
    ecrites = {e.pk: e.statut for e in d.echeances.all()}
    taches = []
    for e in dates_au_droit(d):
        fin = FINS.get(e.regle)
        if e.statut != Echeance.Statut.ECHUE or fin is None or fin.tache is None:
            continue
        if e.pk is not None and ecrites[e.pk] != Echeance.Statut.OUVERTE:
            continue
        limite = next((s["a_faire_au_plus_tard"] for s in e.suite if s.get("a_faire_au_plus_tard")), None)
        tache = Tache(dossier=d, type=fin.tache, qui=fin.charge, ouverte_le=e.instant)
        tache.cle = f"{fin.tache}:{e.objet}:{e.rang}:{e.dernier_jour}"
        tache.a_faire_au_plus_tard = date.fromisoformat(limite) if limite else None
        taches.append(tache)
    return taches


def statut_au_droit(e: Echeance, d: Dossier) -> str:
    """The state of a date of this dossier: past its instant it is open no more, whether the scan has come or not."""
    fin = d.bascule_le if d.statut == Statut.DOTATION_ACTIVE and e.regle != au_droit.RAPPORT else None
    return au_droit.statut_de_date(e.statut, e.instant, d.lu_le, fin=fin)

"""What a calendar shows: the deadlines that its person may read today, with the rights that she has today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from dossiers.lecture_nees import dates_nees
from dossiers.models import Dossier, Echeance
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.clefs import empreinte_calendrier
from ess_portal.comptes.locataire import contexte
from ess_portal.comptes.session import acteur_de, rattachements_de
from ess_portal.socle.horloge import jour_local

from ..models import FluxCalendrier

PORTEE = FluxCalendrier.Portee
# An agenda is no archive: what comes first, then one year back; a single dossier is kept whole.
A_VENIR, PASSEES, ANCIENNETE = 1500, 500, timedelta(days=366)
COLONNES = (
    *("regle", "objet", "rang", "qui", "dernier_jour", "acquise_le", "instant", "statut", "sequence", "modifiee_le"),
    *("reglee_le", "dossier__numero", "dossier__nom", "dossier__statut", "dossier__bascule_le"),
    *("ars__nom", "caisse__nom", "equipe__nom"),
)


def flux_du_secret(secret: str) -> FluxCalendrier | None:
    """The calendar of this address, while it may be read; revoked, withdrawn and unknown are the same None."""
    return (
        FluxCalendrier.objects.en_service()
        .select_related("utilisateur", "rattachement__organisation")
        .filter(empreinte=empreinte_calendrier(secret))
        .first()
    )


def echeances_du_flux(flux: FluxCalendrier, maintenant: datetime) -> list[Echeance] | None:
    """Its deadlines, each once, by date; None when nothing of what it follows may be read any more."""
    acteurs, jour = _acteurs(flux), jour_local(maintenant, "Europe/Paris")
    lues: dict[tuple[int, str, str, int], Echeance] = {}
    for acteur in acteurs:
        with contexte(acteur):
            if flux.numero and not Dossier.objects.pour(acteur).filter(numero=flux.numero).exists():
                return None
            lignes = _lire(_portee(flux, acteur), jour, entier=flux.portee == PORTEE.DOSSIER)
            lues |= {_cle(e): e for e in (*lignes, *_nees(flux, acteur, maintenant))}
    return sorted(lues.values(), key=lambda e: (e.dernier_jour, _cle(e))) if acteurs else None


def _cle(e: Echeance) -> tuple[int, str, str, int]:
    return e.dossier_id, e.regle, e.objet, e.rang


def _nees(flux: FluxCalendrier, acteur: Acteur, maintenant: datetime) -> list[Echeance]:
    """What silence has started and that no scan has written down is in the calendar too (CAL-9)."""
    visibles = Echeance.objects.pour(acteur)
    if flux.portee == PORTEE.DOSSIER:
        visibles = visibles.filter(dossier__numero=flux.numero)
    nees = dates_nees(visibles, maintenant)
    if flux.portee != PORTEE.PERSONNE:
        return nees
    return [
        e
        for e in nees
        if e.dossier.suivi_par_id == acteur.utilisateur_id or getattr(e, f"{e.qui}_id", None) == acteur.perimetre_id
    ]


def _acteurs(flux: FluxCalendrier) -> list[Acteur]:
    if flux.rattachement is None:
        return [acteur_de(r) for r in rattachements_de(flux.utilisateur)]
    flux.rattachement.utilisateur = flux.utilisateur
    return [acteur_de(flux.rattachement)]


def _portee(flux: FluxCalendrier, acteur: Acteur) -> QuerySet[Echeance]:
    lignes = Echeance.objects.pour(acteur)
    if flux.portee == PORTEE.DOSSIER:
        return lignes.filter(dossier__numero=flux.numero)
    if flux.portee == PORTEE.ORGANISATION:
        return lignes
    siennes = Q(dossier__suivi_par_id=acteur.utilisateur_id)
    for qui in ("equipe", "ars", "caisse"):
        siennes |= Q(**{"qui": qui, f"{qui}_id": acteur.perimetre_id})
    return lignes.filter(siennes)


def _lire(lignes: QuerySet[Echeance], jour: date, *, entier: bool) -> Iterable[Echeance]:
    datees = (
        lignes.filter(dernier_jour__isnull=False).select_related("dossier", "ars", "caisse", "equipe").only(*COLONNES)
    )
    yield from datees.filter(dernier_jour__gte=jour).order_by("dernier_jour", "pk")[:A_VENIR]
    depuis = Q() if entier else Q(dernier_jour__gte=jour - ANCIENNETE)
    yield from datees.filter(depuis, dernier_jour__lt=jour).order_by("-dernier_jour", "-pk")[:PASSEES]


def flux_en_service(acteur: Acteur) -> list[FluxCalendrier]:
    """One's own calendars, the last made first."""
    return list(FluxCalendrier.objects.pour(acteur).en_service().select_related("rattachement__organisation"))

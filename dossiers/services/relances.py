"""Reminders before a date (REL-1): 30, 15, 7, 2 and 0 days before, one per step, whatever is restarted."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.services import programmer
from ess_portal.socle.horloge import jour_local

from .. import faits
from ..libelles import REGLES
from ..models import Echeance, Relance
from .courriels import courriel

RAPPELABLES = ("DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-10", "AVI", "DUR-1")


@transaction.atomic
def creer(*, au: datetime) -> int:
    """Writes the reminders whose step has come, the nearest step only (a missed run is not made up for by a volley); gives the count."""
    crees = 0
    with comme_portail():
        proches = Echeance.objects.filter(
            statut="ouverte",
            instant__gt=au,
            instant__lte=au + timedelta(days=366 // 4),
            regle__in=RAPPELABLES,
            ars__isnull=False,
        ).select_related("dossier")
        for e in proches.defer("explication", "suite").order_by("pk").iterator(chunk_size=500):
            jour = jour_local(au, e.dossier.fuseau)
            paliers = alertes(e, jour)
            reste = (e.dernier_jour - jour).days
            palier = min((p for p in paliers if reste <= p), default=None)
            if palier is None:
                continue
            relance, neuve = Relance.objects.get_or_create(
                echeance=e, palier=palier, dernier_jour=e.dernier_jour, defaults={"dossier": e.dossier, "creee_le": au}
            )
            if neuve:
                crees += 1
                programmer([_mail(e, relance, reste)], dossier_id=e.dossier_id, maintenant=au)
    return crees


def alertes(e: Echeance, jour) -> tuple[int, ...]:
    """Days before at which to remind; the end of a contract is told 6 and 3 months before (DUR-1)."""
    if e.regle == "DUR-1":
        return (182, 91, *faits.parametres(e.dossier, jour).paliers_relance)
    return faits.parametres(e.dossier, jour).paliers_relance


def _mail(e: Echeance, relance: Relance, reste: int):
    """To the one who must act; within two days, to the head of service too (the signatory of the ARS, the ordonnateur)."""
    organisation = {"ars": e.ars_id, "caisse": e.caisse_id, "equipe": e.equipe_id}[e.qui]
    return courriel(
        e.dossier,
        "relance",
        f"relance:{relance.pk}",
        organisation=organisation,
        libelle=REGLES[e.regle],
        dernier_jour=e.dernier_jour,
        reste=reste,
        acquise_le=e.acquise_le,
    )

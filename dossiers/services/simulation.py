"""The sandbox's clock moved by hand: what became due is settled at once, and told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable

from . import grilles_tacites, relances
from .passage import regler_dues


@dataclass(frozen=True)
class Deplacement:
    """`depuis` is the last event before: what the move caused is what was written after it."""

    avant: datetime
    apres: datetime
    echeances: int
    relances: int
    depuis: int


def deplacer_horloge(instant: datetime) -> Deplacement:
    """Sets the simulated clock and settles every échéance passed at that instant, with the reminders due. Raises Introuvable outside the sandbox."""
    if not settings.BAC_A_SABLE:
        raise Introuvable
    with comme_portail():
        depuis = Evenement.objects.aggregate(dernier=Max("pk"))["dernier"] or 0
    avant = horloge.maintenant()
    horloge.regler(instant)
    reglees = regler_dues(au=horloge.maintenant())
    deplacement = Deplacement(avant, horloge.maintenant(), reglees, relances.creer(au=horloge.maintenant()), depuis)
    grilles_tacites.figer()
    return deplacement


def evenements_depuis(rang: int, limite: int = 200) -> list[Evenement]:
    """What the portal itself wrote after an event, oldest first: for the sandbox's administrator, whatever the tenant."""
    if not settings.BAC_A_SABLE:
        raise Introuvable
    with comme_portail():
        return list(
            Evenement.objects.filter(pk__gt=rang, role="systeme", dossier__isnull=False)
            .select_related("dossier")
            .order_by("legal_le", "pk")[:limite]
        )

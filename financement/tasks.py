"""Scans of the money side: they act on what is due, twice if need be, with the same result."""

from __future__ import annotations

from celery import shared_task

from ess_portal.socle import horloge

from .recuperations.retards import relancer_retards
from .services import rappels, terme


@shared_task
def rappeler_signatures(**_unknown: object) -> int:
    horloge.charger()
    return rappels.rappeler_signatures(au=horloge.maintenant())


@shared_task
def degager_echus(**_unknown: object) -> int:
    horloge.charger()
    return terme.degager_les_echus(au=horloge.maintenant())


@shared_task
def relancer_remboursements(**_unknown: object) -> int:
    """Instalments not paid on their day (REC-1)."""
    horloge.charger()
    return relancer_retards(au=horloge.maintenant())

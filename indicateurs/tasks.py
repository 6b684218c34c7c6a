"""Scans of this app: they act on what is due, twice if need be, with the same result."""

from __future__ import annotations

from celery import shared_task

from ess_portal.socle import horloge

from .exports import service
from .services import campagnes


@shared_task
def ouvrir_campagnes(**_unknown: object) -> int:
    """Reports whose last month has begun."""
    horloge.charger()
    return campagnes.ouvrir_campagnes(au=horloge.maintenant())


@shared_task
def effacer_exports(**_unknown: object) -> int:
    """Files past their week."""
    horloge.charger()
    return service.effacer_echus(au=horloge.maintenant())

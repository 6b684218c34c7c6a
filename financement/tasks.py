"""Scans of the contracts: they act on what is due, twice if need be, with the same result."""

from __future__ import annotations

from celery import shared_task

from ess_portal.socle import horloge

from .services import rappels, terme


@shared_task
def rappeler_signatures(**_unknown: object) -> int:
    horloge.charger()
    return rappels.rappeler_signatures(au=horloge.maintenant())


@shared_task
def degager_echus(**_unknown: object) -> int:
    horloge.charger()
    return terme.degager_les_echus(au=horloge.maintenant())

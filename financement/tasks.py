"""Scans of the contracts: they act on what is due, twice if need be, with the same result."""

from __future__ import annotations

from celery import shared_task

from ess_portal.socle import horloge

from .services import rappels


@shared_task
def rappeler_signatures(**_unknown: object) -> int:
    horloge.charger()
    return rappels.rappeler_signatures(au=horloge.maintenant())

"""Celery's part: it only says « now »; a task may run twice, late, or never, and the facts are the same."""

from datetime import timedelta

from celery import shared_task

from . import relais
from .models import Passage


@shared_task
def relayer(**_unknown: object) -> int:
    """One pass of the relay; leaves the trace that /sante/ reads."""
    faits = relais.vider(limite=5, duree=timedelta(seconds=20))
    Passage.noter("relais", faits)
    return faits

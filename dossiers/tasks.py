"""Celery's part: beat says « now », the scans act on what is due, twice if need be, with the same result."""

from __future__ import annotations

from celery import shared_task

from ess_portal.journal.models import Passage
from ess_portal.socle import horloge

from .services import brouillons, conservation, denombrement, grilles_tacites, passage, recapitulatifs, relances


@shared_task
def scruter(**_unknown: object) -> int:
    """One pass of the deadline engine; leaves the trace that /sante/ reads."""
    horloge.charger()
    n = passage.regler_dues(au=horloge.maintenant(), fils=passage.FILS)
    Passage.noter("echeances", n)
    grilles_tacites.figer()
    denombrement.reunir()
    return n


@shared_task
def relancer(**_unknown: object) -> int:
    """Reminders that became due (REL-1), the digests of the week, and what is kept no longer (RET-1)."""
    horloge.charger()
    n = relances.creer(au=horloge.maintenant())
    recapitulatifs.programmer_semaine(au=horloge.maintenant())
    conservation.purger_notifications(au=horloge.maintenant())
    brouillons.purger(au=horloge.maintenant())
    Passage.noter("relances", n)
    return n

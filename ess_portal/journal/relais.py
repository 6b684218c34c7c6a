"""The relay: performs what the outbox asks for, after the commit. The queue is a hint, this table is the truth.

A row is claimed with `FOR UPDATE SKIP LOCKED` and a lease, performed, then marked done. A relay that dies leaves a lease that
runs out: the row is taken again, and every handler is idempotent by its key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Case, F, Q, When
from django.utils.module_loading import import_string

from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier

from .models import Envoi

BAIL = timedelta(minutes=5)
# A mail does not wait behind a hundred renderings, nor a document behind hundreds of contracts to propose, or a long export.
DOCUMENTS_EN_DERNIER = Case(
    When(type__in=("document", "sceau"), then=1), When(type__in=("serie", "groupee", "export"), then=2), default=0
)
TENTATIVES_MAX = 8
# What an effect may fail of: it becomes a row that is tried again, never a lost message.
ECHECS = (DatabaseError, OSError, ErreurMetier, ValueError, LookupError, TypeError, AttributeError)
journal = logging.getLogger(__name__)


@lru_cache
def _effet(chemin: str) -> Callable[[Mapping[str, Any], str], object]:
    return import_string(chemin)


def reclamer(limite: int, types: Collection[str] = ()) -> list[int]:
    """Takes up to `limite` rows for this relay, oldest first, and gives their ids. Leases run on the machine's time."""
    reel = horloge.temps_reel()
    with comme_portail():
        lignes = list(
            (Envoi.objects.filter(type__in=types) if types else Envoi.objects.all())
            .filter(statut=Envoi.Statut.PRET)
            .filter(Q(bail_jusqua__isnull=True) | Q(bail_jusqua__lt=reel))
            .order_by(DOCUMENTS_EN_DERNIER, "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limite]
        )
        if lignes:
            Envoi.objects.filter(pk__in=lignes).update(bail_jusqua=reel + BAIL, tentatives=F("tentatives") + 1)
    return lignes


def accomplir(envoi_id: int) -> bool:
    """Performs one claimed row, and keeps with it what its handler had to say. True when done; a failure is written down and tried again later, then put aside."""
    with comme_portail():
        envoi = Envoi.objects.select_for_update().get(pk=envoi_id)
        if envoi.statut != Envoi.Statut.PRET:
            return False
        try:
            with transaction.atomic():
                note = _effet(settings.EFFETS[envoi.type])(envoi.charge, envoi.cle)
        except ECHECS as echec:
            journal.warning("envoi %s : %s", envoi.cle, echec)
            envoi.erreur = f"{type(echec).__name__}: {echec}"[:2000]
            envoi.statut = Envoi.Statut.REBUT if envoi.tentatives >= TENTATIVES_MAX else Envoi.Statut.PRET
            envoi.bail_jusqua = horloge.temps_reel() + timedelta(seconds=2**envoi.tentatives)
            envoi.save(update_fields=("erreur", "statut", "bail_jusqua"))
            return False
        envoi.statut, envoi.fait_le, envoi.erreur = (
            Envoi.Statut.FAIT,
            horloge.maintenant(),
            note if isinstance(note, str) else "",
        )
        envoi.save(update_fields=("statut", "fait_le", "erreur"))
        return True


def vider(limite: int = 200, types: Collection[str] = (), duree: timedelta | None = None) -> int:
    """One pass of the relay: claims and performs, in batches, until nothing (of these types) is left to do. Gives the count done.

    `duree` ends the pass at the batch under way when it is over: a worker that renders must not keep the deadline scan waiting.
    """
    horloge.charger()
    fin = horloge.temps_reel() + duree if duree else None
    faits = 0
    while lot := reclamer(limite, types):
        faits += sum(accomplir(pk) for pk in lot)
        if fin is not None and horloge.temps_reel() > fin:
            break
    return faits

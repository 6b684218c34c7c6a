"""Workers in processes of their own, killed at any point of their work: what the outbox asks for is done once all the same."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from django.db import OperationalError, connections

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.rendu import atelier
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi
from ess_portal.socle import horloge

FORK = get_context("fork")


def _travailler(instant: datetime, types: Collection[str]) -> None:
    """A worker of its own: it relays until nothing of these types is left to do."""
    connections.close_all()
    with horloge.figer(instant):
        while reste(types):
            # A row that another still holds after its lease: the task fails, as Celery lets it, and another pass takes over.
            with suppress(OperationalError):
                relais.vider(limite=5, types=types)
    atelier.fermer()
    os._exit(0)


def reste(types: Collection[str]) -> int:
    with comme_portail():
        return Envoi.objects.filter(type__in=types, statut="pret").count()


def au_travail(nombre: int, instant: datetime, types: Collection[str]) -> list[BaseProcess]:
    connections.close_all()
    equipe = [FORK.Process(target=_travailler, args=(instant, types), daemon=True) for _ in range(nombre)]
    for p in equipe:
        p.start()
    return equipe


def tuer(morts: int, *, effets: int, instant: datetime, types: Collection[str]) -> int:
    """Two workers at `effets` effects of these types, one of them killed each time that as many more are done; how many were alive."""
    travailleurs, tues = au_travail(2, instant, types), 0
    seuils = [effets * (n + 1) // (morts + 2) for n in range(morts)]
    while restent := reste(types):
        if tues < morts and effets - restent + 1 >= seuils[tues]:
            mort = travailleurs.pop(0)
            tues += mort.is_alive()
            mort.kill()
            mort.join()
            travailleurs += au_travail(1, instant, types)
        travailleurs[0].join(timeout=0.02)
        if not any(p.is_alive() for p in travailleurs) and reste(types):
            travailleurs = au_travail(2, instant, types)
    for p in travailleurs:
        p.join()
    return tues

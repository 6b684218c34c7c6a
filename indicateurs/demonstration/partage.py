"""Lives shared between processes: begun in the order given, each after those that it comes after.

The processes are forks: what is imported, read and kept is there at once, and no life has to be sent. They end with the command.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import TypeVar

from django.db import connections

from ess_portal.socle.enfants import mourir_avec_le_pere

T = TypeVar("T", bound=Hashable)
R = TypeVar("R")

_faire: list[Callable] = []


def partager(
    taches: Sequence[T], apres: Mapping[T, set[T]], faire: Callable[[T], R], *, processus: int
) -> Iterator[tuple[T, R]]:
    """(task, what `faire` gave), as they are done. `apres`: the tasks that each one waits for, earlier in `taches`."""
    if processus == 1:
        for tache in taches:
            yield tache, faire(tache)
        return
    connections.close_all()  # a connection is nobody's but its process's
    _faire.append(faire)
    restent, faites, en_cours = list(taches), set(), {}
    try:
        with ProcessPoolExecutor(processus, mp_context=get_context("fork"), initializer=_commencer) as ateliers:
            try:
                while restent or en_cours:
                    _distribuer(ateliers, restent, faites, apres, en_cours, processus)
                    for fini in wait(en_cours, return_when=FIRST_COMPLETED).done:
                        tache = en_cours.pop(fini)
                        yield tache, fini.result()
                        faites.add(tache)
            finally:
                ateliers.shutdown(wait=False, cancel_futures=True)
    finally:
        _faire.pop()


def _distribuer(
    ateliers: ProcessPoolExecutor,
    restent: list[T],
    faites: set[T],
    apres: Mapping[T, set[T]],
    en_cours: dict[Future, T],
    processus: int,
) -> None:
    """Gives each idle process the first task that waits for nothing."""
    attendues = set(restent) | set(en_cours.values())
    for tache in list(restent):
        if len(en_cours) == processus:
            return
        if not apres.get(tache, set()) & attendues:
            restent.remove(tache)
            en_cours[ateliers.submit(_vivre, tache)] = tache


# What a fork received of its father's connections: kept unread, for closing one would end it for the father too.
_heritees: list[object] = []


def _commencer() -> None:
    """A father with a running event loop keeps connections out of the reach of its own `close_all`: the child, without one, finds them.

    `asgiref.local.Local` has one storage for a thread with a loop and one for a thread without; a loop does not pass a fork.
    """
    mourir_avec_le_pere(signal.SIGKILL)
    for heritee in connections.all(initialized_only=True):
        _heritees.append(heritee.connection)
        heritee.connection = None


def _vivre(tache: T) -> object:
    return _faire[-1](tache)

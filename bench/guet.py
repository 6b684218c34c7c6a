"""Somebody else at work while the scan runs: how long he waits for a row, a dossier's journal, or the territory."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import psycopg

RANGEE = "SELECT id FROM dossiers_dossier WHERE id = ANY(%s) FOR UPDATE"
# In the words of what they do: an act on a dossier, the event it writes, an express validation (CRI-1c).
GESTES = (
    ("dossier_non_du", RANGEE),
    ("dossier_du", RANGEE),
    ("journal_d_un_du", "SELECT pg_advisory_xact_lock(hashtextextended('d:' || x, 0)) FROM unnest(%s::bigint[]) AS x"),
    (
        "validation_expresse",
        "SELECT pg_advisory_xact_lock(hashtextextended('territoire', 0)) FROM unnest(%s::bigint[]) LIMIT 1",
    ),
)
PAUSE = 0.005


@contextmanager
def guetter(base: psycopg.Connection, dus: Sequence[int], autres: Sequence[int]) -> Iterator[dict[str, float]]:
    """The longest wait of each gesture, in milliseconds, each in its own transaction, in turn while the block runs. What it holds for an instant
    the scan leaves to its next chunk: who measures a pass looks once more afterwards.
    """
    attentes, fini = dict.fromkeys((nom for nom, _ in GESTES), 0.0), Event()
    guet = Thread(target=_essayer, args=(base, dus, autres, attentes, fini))
    guet.start()
    try:
        yield attentes
    finally:
        fini.set()
        guet.join()


def _essayer(
    base: psycopg.Connection, dus: Sequence[int], autres: Sequence[int], attentes: dict[str, float], fini: Event
) -> None:
    hasard = random.Random(7)
    with psycopg.connect(base.info.dsn, password=base.info.password or None, autocommit=True) as autre:
        autre.execute("SET lock_timeout = '10s'")
        while not fini.wait(PAUSE):
            for nom, requete in GESTES:
                cles = hasard.sample(list(autres if nom == "dossier_non_du" else dus), 3)
                debut = time.perf_counter()
                autre.execute(requete, [cles])
                attentes[nom] = max(attentes[nom], 1000 * (time.perf_counter() - debut))

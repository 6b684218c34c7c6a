"""Measures: CPU of this process per call (median of many), queries, bytes. Absolute times are noise; ratios are what counts."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def cpu_ms(appel: Callable[[], Any], *, fois: int = 25, chauffe: int = 3) -> float:
    """Median CPU of this process, in milliseconds."""
    for _ in range(chauffe):
        appel()
    durees = []
    for _ in range(fois):
        debut = time.process_time()
        appel()
        durees.append(1000 * (time.process_time() - debut))
    return statistics.median(durees)


def cpu_du_processus(pid: int) -> float:
    """CPU seconds of another process of this machine since its start: what a server's backend worked, whoever else keeps the machine busy."""
    champs = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(champs[11]) + int(champs[12])) / os.sysconf("SC_CLK_TCK")


def temps_ms(appel: Callable[[], Any], *, fois: int = 25, chauffe: int = 3) -> float:
    """Median elapsed time, in milliseconds: what the database does counts too."""
    for _ in range(chauffe):
        appel()
    durees = []
    for _ in range(fois):
        debut = time.perf_counter()
        appel()
        durees.append(1000 * (time.perf_counter() - debut))
    return statistics.median(durees)


def entrelacer(a: Callable[[], Any], b: Callable[[], Any], *, fois: int = 15) -> tuple[float, float]:
    """Median elapsed times of two calls measured in turn, so that the machine's moods weigh on both."""
    ta, tb = [], []
    a(), b()
    for _ in range(fois):
        for appel, durees in ((a, ta), (b, tb)):
            debut = time.perf_counter()
            appel()
            durees.append(1000 * (time.perf_counter() - debut))
    return statistics.median(ta), statistics.median(tb)


def page(client: Any, adresse: str) -> dict[str, Any]:
    """Queries, bytes and cost of a page for this client; the first page of a process also reads the names it keeps."""
    with CaptureQueriesContext(connection) as froid:
        client.get(adresse)
    with CaptureQueriesContext(connection) as requetes:
        reponse = client.get(adresse)
    if reponse.status_code != 200:
        raise RuntimeError(f"{adresse} : {reponse.status_code}")
    return {
        "requetes_premiere_page": len(froid),
        "requetes": len([q for q in requetes if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]),
        "octets": len(reponse.content),
        "lignes": reponse.content.count(b"<tr"),
        "adresse": adresse,
        "cpu_ms": cpu_ms(lambda: client.get(adresse)),
    }


def tableau(client: Any, adresse: str, *, fois: int = 7) -> dict[str, Any]:
    """A dashboard: what `page` says, and the CPU of the database's backend, which does most of the counting."""
    lue = page(client, adresse)
    with connection.cursor() as curseur:  # one process works, the one whose CPU is read
        curseur.execute("SET max_parallel_workers_per_gather = 0")
    pid = connection.connection.info.backend_pid
    debut = cpu_du_processus(pid)
    for _ in range(fois):
        client.get(adresse)
    return lue | {"cpu_base_ms": 1000 * (cpu_du_processus(pid) - debut) / fois}

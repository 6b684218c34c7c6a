"""The deadline scan among all the dates that run, beside bare SQL in the same run, while somebody else wants the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection

from bench import plancher
from bench.guet import guetter
from bench.mesures import cpu_du_processus
from dossiers.services import passage
from dossiers.services.passage import FILS, regler_dues
from ess_portal.socle import horloge


def mesurer_balayage(base: psycopg.Connection, *, dues: int, ecart: timedelta) -> dict[str, Any]:
    """The scan of `dues` tacit dates among all the open ones, by as many connections as the watch opens; a second pass changes nothing.

    Then of as many more as there are by one connection, whose processor time is read beside that of the floor for the same dates, while
    another session takes locks.
    """
    au = horloge.maintenant()
    _rendre_dues(base, au, dues, ecart)
    base.execute("VACUUM ANALYZE")
    ouvertes = base.execute("SELECT count(*) FROM dossiers_echeance WHERE statut = 'ouverte'").fetchone()[0]
    with _lots_chronometres() as lots:
        debut = time.perf_counter()
        partagees = regler_dues(au=au, fils=FILS)
        partage = time.perf_counter() - debut
    _verifier(base, au, dues, partagees)
    autres = _rendre_dues(base, au, dues, ecart)
    base.execute("VACUUM ANALYZE")
    etroit = plancher.mesurer(base, plancher.ETAT_EVENEMENT_ENVOI, au)
    large = plancher.mesurer(base, plancher.TOUTES_LES_LIGNES, au)
    connection.close()
    connection.ensure_connection()
    parts: dict[str, float] = {}
    serveur = connection.connection.info.backend_pid
    with (
        guetter(base, *_dossiers(base, au)) as attentes,
        _lots_chronometres() as lots_seul,
        connection.execute_wrapper(_chronometre(parts)),
    ):
        debut, debut_cpu = time.perf_counter(), cpu_du_processus(serveur)
        reglees = regler_dues(au=au)
        duree, cpu = time.perf_counter() - debut, cpu_du_processus(serveur) - debut_cpu
    reglees += regler_dues(au=au)
    _verifier(base, au, dues + autres, partagees + reglees)
    return {
        "ouvertes": ouvertes,
        "reglees": partagees,
        "reglees_seul": reglees,
        "par_seconde": partagees / partage,
        "secondes": partage,
        "par_seconde_seul": reglees / duree,
        "par_seconde_cpu": reglees / cpu,
        "plancher_par_seconde_cpu": large.par_seconde,
        "plancher_etroit_par_seconde_cpu": etroit.par_seconde,
        "part_du_plancher": reglees / cpu / large.par_seconde,
        "part_du_plancher_etroit": reglees / cpu / etroit.par_seconde,
        "lot_le_plus_long_ms": 1000 * max(lots + lots_seul),
        "attentes_ms": attentes,
        "secondes_par_requete": parts,
    }


@contextmanager
def _lots_chronometres() -> Iterator[list[float]]:
    """Seconds of each chunk, from the opening of its transaction to its commit, whichever connection runs it."""
    durees: list[float] = []
    un_lot: Callable[..., int] = passage._un_lot

    def chronometre(*arguments: Any) -> int:
        debut = time.perf_counter()
        n = un_lot(*arguments)
        durees.append(time.perf_counter() - debut)
        return n

    passage._un_lot = chronometre
    try:
        yield durees
    finally:
        passage._un_lot = un_lot


def _dossiers(base: psycopg.Connection, au: datetime) -> tuple[list[int], list[int]]:
    """(dossiers with a date due, dossiers without): whose rows somebody else wants meanwhile."""
    dus = base.execute(
        "SELECT array_agg(DISTINCT dossier_id) FROM dossiers_echeance WHERE statut = 'ouverte' AND instant <= %s", [au]
    ).fetchone()[0]
    autres = base.execute(
        "SELECT array_agg(id) FROM (SELECT id FROM dossiers_dossier WHERE id <> ALL(%s) LIMIT 500) AS d", [dus]
    ).fetchone()[0]
    return dus, autres


def _verifier(base: psycopg.Connection, au: datetime, dues: int, reglees: int) -> None:
    if regler_dues(au=au):
        raise RuntimeError("un second passage a encore réglé des échéances")
    tacites = base.execute(
        "SELECT count(*) FROM dossiers_decision WHERE mode = 'tacite' AND enregistree_le = %s", [au]
    ).fetchone()[0]
    if not tacites == reglees == dues:
        raise RuntimeError(f"{dues} échéances dues, {reglees} réglées, {tacites} décisions écrites")


def _rendre_dues(base: psycopg.Connection, au: datetime, dues: int, ecart: timedelta) -> int:
    """`dues` tacit dates of letters and of projets passed `ecart` ago (or all there are), all the others still to come; gives how many."""
    base.execute(
        "UPDATE dossiers_echeance SET instant = %s WHERE statut = 'ouverte' AND instant <= %s",
        [au + timedelta(days=2), au + timedelta(days=1)],
    )
    return base.execute(
        "WITH e AS (UPDATE dossiers_echeance SET instant = %s WHERE id IN (SELECT id FROM dossiers_echeance WHERE statut = 'ouverte' "
        "AND regle IN ('DL-1', 'DL-3') ORDER BY regle, id LIMIT %s) RETURNING dossier_id, instant) "
        "UPDATE dossiers_dossier d SET bascule_le = e.instant FROM e WHERE d.id = e.dossier_id",
        [au - ecart, dues],
    ).rowcount


def _chronometre(parts: dict[str, float]) -> Any:
    """Adds up elapsed time by the first words of each statement; transaction bookkeeping together."""

    def chronometrer(executer: Any, requete: Any, *arguments: Any) -> Any:
        depart = time.perf_counter()
        try:
            return executer(requete, *arguments)
        finally:
            nom = " ".join(str(requete).split()[:3])
            if nom.startswith(("SAVEPOINT", "RELEASE")):
                nom = "SAVEPOINT"
            parts[nom] = parts.get(nom, 0.0) + time.perf_counter() - depart

    return chronometrer

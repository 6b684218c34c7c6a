"""The deadline scan beside bare SQL in the same run: state, event and outbox row of each due date, without the portal's guards."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection

from bench.mesures import cpu_du_processus
from dossiers.services.passage import FILS, LOT, regler_dues
from ess_portal.socle import horloge

# Same rows and columns; only the keys without which it would be wrong or read whole tables. No trigger, policy, foreign key or hash.
PREPARER = """
CREATE SCHEMA plancher;
CREATE TABLE plancher.dossier AS SELECT * FROM dossiers_dossier;
ALTER TABLE plancher.dossier ADD PRIMARY KEY (id);
CREATE TABLE plancher.echeance AS SELECT * FROM dossiers_echeance;
ALTER TABLE plancher.echeance ADD PRIMARY KEY (id);
CREATE INDEX ON plancher.echeance (instant, id) WHERE statut = 'ouverte';
CREATE TABLE plancher.evenement (LIKE journal_evenement INCLUDING DEFAULTS INCLUDING IDENTITY, PRIMARY KEY (id), UNIQUE (flux, seq));
CREATE TABLE plancher.envoi (LIKE journal_envoi INCLUDING DEFAULTS INCLUDING IDENTITY, PRIMARY KEY (id), UNIQUE (cle));
"""
PLANCHER = """
WITH e AS (SELECT id, dossier_id, instant, dernier_jour, ars_id FROM plancher.echeance WHERE statut = 'ouverte' AND instant <= %(au)s
    ORDER BY instant, id LIMIT %(lot)s FOR UPDATE SKIP LOCKED),
  r AS (UPDATE plancher.echeance x SET statut = 'echue', reglee_le = %(au)s FROM e WHERE x.id = e.id),
  d AS (UPDATE plancher.dossier x SET statut = 'lettre_validee', statut_depuis = e.instant, bascule_le = NULL FROM e WHERE x.id = e.dossier_id),
  v AS (INSERT INTO plancher.evenement (flux, seq, dossier_id, type, acteur_nom, role, legal_le, enregistre_le, donnees, precedent, empreinte)
    SELECT 'd:' || dossier_id, 1, dossier_id, 'valider_lettre_tacite', 'Le portail', 'systeme', instant, %(au)s, '{}', '', '' FROM e)
INSERT INTO plancher.envoi (type, cle, dossier_id, organisation_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'echeance:' || id || ':' || dernier_jour, dossier_id, ars_id, '{}', 'pret', 0, %(au)s, %(au)s, '' FROM e
ON CONFLICT (cle) DO NOTHING
"""


def mesurer_balayage(base: psycopg.Connection, *, dues: int, ecart: timedelta) -> dict[str, Any]:
    """The scan of `dues` tacit dates among all the open ones, by as many connections as the watch opens; a second pass changes nothing.

    Then of as many more as there are by one connection, whose processor time is read, between two halves of the floor.
    """
    au = horloge.maintenant()
    _rendre_dues(base, au, dues, ecart)
    base.execute("VACUUM ANALYZE")
    ouvertes = base.execute("SELECT count(*) FROM dossiers_echeance WHERE statut = 'ouverte'").fetchone()[0]
    debut = time.perf_counter()
    partagees = regler_dues(au=au, fils=FILS)
    partage = time.perf_counter() - debut
    _verifier(base, au, dues, partagees)
    autres = _rendre_dues(base, au, dues, ecart)
    base.execute(PREPARER)
    base.execute("VACUUM ANALYZE")
    connection.close()
    connection.ensure_connection()
    parts: dict[str, float] = {}
    serveur, sol_serveur = connection.connection.info.backend_pid, base.info.backend_pid
    sol, sol_cpu = 0.0, cpu_du_processus(sol_serveur)
    sol += _plancher(base, au, autres // 2)
    with connection.execute_wrapper(_chronometre(parts)):
        debut, debut_cpu = time.perf_counter(), cpu_du_processus(serveur)
        reglees = regler_dues(au=au)
        duree, cpu = time.perf_counter() - debut, cpu_du_processus(serveur) - debut_cpu
    sol += _plancher(base, au, autres - autres // 2)
    sol_cpu = cpu_du_processus(sol_serveur) - sol_cpu
    _verifier(base, au, dues + autres, partagees + reglees)
    return {
        "ouvertes": ouvertes,
        "reglees": partagees,
        "reglees_seul": reglees,
        "par_seconde": partagees / partage,
        "secondes": partage,
        "par_seconde_seul": reglees / duree,
        "par_seconde_cpu": reglees / cpu,
        "plancher_par_seconde": autres / sol,
        "plancher_par_seconde_cpu": autres / sol_cpu,
        "part_du_plancher": sol_cpu / cpu,
        "secondes_par_requete": parts,
    }


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


def _plancher(base: psycopg.Connection, au: datetime, dues: int) -> float:
    """Seconds that bare SQL takes for so many, in the scan's chunks."""
    debut = time.perf_counter()
    while dues > 0:
        dues -= base.execute(PLANCHER, {"au": au, "lot": min(LOT, dues)}).rowcount
    return time.perf_counter() - debut


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

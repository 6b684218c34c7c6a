"""Many dossiers by COPY: rows that the services wrote for a few, multiplied with new keys and shifted days."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

JSONB = 3802

# Tables of a dossier that pages read, parents first; `numero` and keys are renewed, days and instants shifted.
TABLES = (
    "dossiers_dossier",
    "dossiers_lettreintention",
    "dossiers_depot",
    "dossiers_avis",
    "dossiers_decision",
    "dossiers_echeance",
    "dossiers_message",
    "dossiers_tache",
    "journal_evenement",
)
UNE_PAR_DOSSIER = frozenset({"dossiers_lettreintention"})


class Modele:
    """The rows of one dossier, table by table, as the services wrote them."""

    def __init__(self, base: psycopg.Connection, dossier_id: int) -> None:
        self.lignes: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}
        for table in TABLES:
            cle = "id" if table == "dossiers_dossier" else "dossier_id"
            curseur = base.execute(
                sql.SQL("SELECT * FROM {} WHERE {} = %s ORDER BY id").format(
                    sql.Identifier(table), sql.Identifier(cle)
                ),
                [dossier_id],
            )
            colonnes = [c.name for c in curseur.description or ()]
            json = {c.name for c in curseur.description or () if c.type_code == JSONB}
            self.lignes[table] = (
                colonnes,
                [
                    tuple(Jsonb(v) if n in json else v for n, v in zip(colonnes, ligne, strict=True))
                    for ligne in curseur
                ],
            )


def decaler(valeur: Any, ecart: timedelta) -> Any:
    """The same value, later: days and instants move, all else stays."""
    if isinstance(valeur, (date, datetime)):
        return valeur + ecart
    return valeur


def empreinte(evenement: dict[str, Any]) -> str:
    """The hash that the base's trigger gives to this event: COPY runs without triggers."""
    e = evenement
    instants = (f"{int(e[n].timestamp())}.{e[n].microsecond:06d}" for n in ("legal_le", "enregistre_le"))
    donnees = json.dumps(e["donnees"].obj, ensure_ascii=False)
    noms = ("precedent", "flux", "seq", "dossier_id", "organisation_id", "type", "acteur_id", "acteur_nom", "role")
    morceaux = (*(e[n] for n in noms), *instants, donnees)
    return hashlib.sha256("|".join(str(m) for m in morceaux if m is not None).encode()).hexdigest()


class Multiplieur:
    """Copies models into the base. One COPY per table and per call of `copier`."""

    def __init__(self, base: psycopg.Connection, graine: int) -> None:
        self.base, self.hasard = base, random.Random(graine)
        self.tampons: dict[str, list[list[Any]]] = {t: [] for t in TABLES}
        self.suivants = {
            t: base.execute(sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(t))).fetchone()[0]
            for t in TABLES
        }
        self.colonnes: dict[str, list[str]] = {}
        self.rang = 10_000

    def ajouter(self, modele: Modele, *, region: str, remplace: dict[str, Any], ecart: timedelta) -> int:
        """One more dossier like this one; gives its id."""
        dossier_id = 0
        precedent = ""
        self.rang += 1
        for table in TABLES:
            colonnes, lignes = modele.lignes[table]
            self.colonnes[table] = colonnes
            for ligne in lignes:
                valeurs = {c: decaler(v, ecart) for c, v in zip(colonnes, ligne, strict=True)}
                valeurs["id"] = self.suivants[table]
                self.suivants[table] += 1
                if table == "dossiers_dossier":
                    dossier_id = valeurs["id"]
                    valeurs["numero"] = f"{region}-2026-{self.rang}"
                    valeurs["nom"] = f"ESS de mesure {self.rang}"
                    valeurs["recherche"] = f"{valeurs['numero']} ess de mesure {self.rang}"
                else:
                    valeurs["dossier_id"] = dossier_id
                valeurs |= {c: v for c, v in remplace.items() if c in valeurs}
                if table == "journal_evenement":
                    valeurs |= {"flux": f"d:{dossier_id}", "precedent": precedent}
                    valeurs["empreinte"] = precedent = empreinte(valeurs)
                self.tampons[table].append([valeurs[c] for c in colonnes])
        return dossier_id

    def copier(self) -> int:
        """Writes what was added; gives the number of rows."""
        total = 0
        with self.base.transaction():
            self.base.execute("SET LOCAL session_replication_role = replica")
            for table in TABLES:
                lignes = self.tampons[table]
                if not lignes:
                    continue
                noms = sql.SQL(", ").join(map(sql.Identifier, self.colonnes[table]))
                with (
                    self.base.cursor() as c,
                    c.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), noms)) as flux,
                ):
                    for ligne in lignes:
                        flux.write_row(ligne)
                total += len(lignes)
                self.tampons[table] = []
                self.base.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})").format(
                        sql.Literal(table), sql.Literal(self.suivants[table])
                    )
                )
        return total


def couvrir(base: psycopg.Connection) -> None:
    """The rows that the base's trigger writes for each dossier; COPY ran without triggers."""
    base.execute(
        "INSERT INTO dossiers_lecteur (dossier_id, organisation_id) SELECT DISTINCT x.id, o FROM dossiers_dossier x, unnest(x.lecteurs) o ON CONFLICT DO NOTHING"
    )
    base.execute(
        "INSERT INTO dossiers_couverture (dossier_id, groupe, departement) SELECT DISTINCT x.id, g, d FROM dossiers_dossier x, unnest(x.groupes) g, "
        "unnest(x.departements) d ON CONFLICT DO NOTHING"
    )


def analyser(base: psycopg.Connection, tables: Sequence[str] = TABLES) -> None:
    for table in (*tables, "dossiers_couverture", "dossiers_lecteur", "comptes_utilisateur"):
        base.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))

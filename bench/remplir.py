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
    """The rows that the base's triggers write for each dossier; COPY ran without triggers."""
    base.execute("DELETE FROM dossiers_denombrement")
    base.execute(
        "INSERT INTO dossiers_denombrement (ars_id, statut, est_tardif, est_a_regulariser, nombre) "
        "SELECT ars_id, statut, est_tardif, est_a_regulariser, count(*) FROM dossiers_dossier WHERE ars_id IS NOT NULL GROUP BY 1, 2, 3, 4"
    )
    base.execute(
        "INSERT INTO dossiers_lecteur (dossier_id, organisation_id) SELECT DISTINCT x.id, o FROM dossiers_dossier x, unnest(x.lecteurs) o ON CONFLICT DO NOTHING"
    )
    base.execute(
        "INSERT INTO dossiers_couverture (dossier_id, groupe, departement) SELECT DISTINCT x.id, g, d FROM dossiers_dossier x, unnest(x.groupes) g, "
        "unnest(x.departements) d ON CONFLICT DO NOTHING"
    )


def ecrire_lettres(base: psycopg.Connection, *, mots: int, modeles: int) -> None:
    """The words of a letter for each dossier that has none: one of `modeles` lists of `mots` words, the rare ones rarer, and a word of its own."""
    base.execute("CREATE TEMP TABLE IF NOT EXISTS modele_lettre (n int PRIMARY KEY, mots tsvector)")
    base.execute(
        "INSERT INTO modele_lettre SELECT n, strip(to_tsvector('simple', (SELECT string_agg('mot' || (random() * random() * 5000)::int, ' ') "
        "FROM generate_series(1, %s + 0 * n)))) FROM generate_series(0, %s) n ON CONFLICT DO NOTHING",
        [mots, modeles - 1],
    )
    index = base.execute("SELECT pg_get_indexdef('texte_mots'::regclass)").fetchone()[0]
    base.execute("DROP INDEX texte_mots")  # as one does before so many rows
    base.execute(
        "INSERT INTO dossiers_textedossier (dossier_id, mots, equipe_id, ars_id, caisse_id, lecteurs) "
        "SELECT d.id, m.mots || strip(to_tsvector('simple', 'seul' || d.id)), d.equipe_id, d.ars_id, d.caisse_id, d.lecteurs "
        "FROM dossiers_dossier d JOIN modele_lettre m ON m.n = d.id %% %s ON CONFLICT DO NOTHING",
        [modeles],
    )
    base.execute("SET maintenance_work_mem = '256MB'")
    base.execute(index)


def analyser(base: psycopg.Connection, tables: Sequence[str] = TABLES) -> None:
    for table in (
        *tables,
        "dossiers_couverture",
        "dossiers_lecteur",
        "dossiers_textedossier",
        "dossiers_denombrement",
        "comptes_utilisateur",
    ):
        base.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


def grossir(base: psycopg.Connection, ouvertes: int) -> int:
    """Brings the open échéances to `ouvertes`: the dossiers that wait for no decision, copied with new keys on grounds of their own, and theirs. What
    a scan never reads of a date to come, its explanation and what would follow, is left out. Gives how many there are.
    """
    compter = "SELECT count(*) FROM dossiers_echeance WHERE statut = 'ouverte'"
    modeles = base.execute(compter).fetchone()[0]
    pas = base.execute("SELECT max(id) + 1 FROM dossiers_dossier").fetchone()[0]
    with base.transaction():
        base.execute("SET LOCAL session_replication_role = replica")
        manque, tour = ouvertes - modeles, 0
        while manque > 0:
            tour += 1
            choisies = (
                f"(SELECT * FROM dossiers_echeance WHERE statut = 'ouverte' AND dossier_id IN "
                f"(SELECT id FROM dossiers_dossier WHERE id < {pas} AND statut NOT IN ('lettre_deposee', 'projet_depose')) ORDER BY dossier_id LIMIT {manque}) x"
            )
            dossiers = f"(SELECT * FROM dossiers_dossier WHERE id IN (SELECT dossier_id FROM {choisies})) x"
            cle = f"x.id + {tour * pas}"
            _copier_sur_place(
                base,
                "dossiers_dossier",
                dossiers,
                {"id": cle, "numero": f"'c' || {cle}", "groupes": f"ARRAY['loin_' || ({cle})]"},
            )
            manque -= _copier_sur_place(
                base,
                "dossiers_echeance",
                choisies,
                {
                    "id": "nextval(pg_get_serial_sequence('dossiers_echeance', 'id'))",
                    "dossier_id": f"x.dossier_id + {tour * pas}",
                    "explication": "'[]'::jsonb",
                    "suite": "'[]'::jsonb",
                },
            )
        base.execute("SELECT setval(pg_get_serial_sequence('dossiers_dossier', 'id'), max(id)) FROM dossiers_dossier")
        base.execute(
            "INSERT INTO dossiers_couverture (dossier_id, groupe, departement) SELECT x.id, g, d FROM dossiers_dossier x, unnest(x.groupes) g, "
            "unnest(x.departements) d WHERE x.id > %s",
            [pas],
        )
    return base.execute(compter).fetchone()[0]


def _copier_sur_place(base: psycopg.Connection, table: str, source: str, remplace: dict[str, str]) -> int:
    """Rows of `source` (named x) written again in their table; `remplace`: SQL by column."""
    noms = [c.name for c in base.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
    valeurs = ", ".join(remplace.get(n, f"x.{n}") for n in noms)
    return base.execute(f"INSERT INTO {table} ({', '.join(noms)}) SELECT {valeurs} FROM {source}").rowcount

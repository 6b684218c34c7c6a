"""The two roles of the test base: its owner makes and empties it, the application does everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from psycopg import sql

# Reference data outlives a transactional test; what the test added to these tables goes.
GARDEES = (
    "django_migrations",
    "dossiers_transitionpermise",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "comptes_organisation",
)
PREFIXES_GARDES = ("referentiel_",)
ROGNEES = ("comptes_organisation", "referentiel_jeuparametres")
# Their first rows come with the migrations, the others name a person: emptied with the persons, sown again.
SEMEES = ("dossiers_motivation", "financement_clausier")
CHAMPS = ("USER", "PASSWORD", "OPTIONS")


@dataclass(frozen=True)
class ConnexionProprietaire:
    """The owner's settings, set aside while the tests run as the application."""

    reglages: dict

    @classmethod
    def ouvrir(cls, connexion: BaseDatabaseWrapper) -> ConnexionProprietaire:
        avant = cls(dict(connexion.settings_dict))
        connexion.close()
        # In place: threads (live server, races) make their connections from this same dictionary.
        connexion.settings_dict.update({nom: settings.CONNEXION_APPLICATION[nom] for nom in CHAMPS})
        return avant

    def rendre(self, connexion: BaseDatabaseWrapper) -> None:
        connexion.close()
        connexion.settings_dict.update({nom: self.reglages[nom] for nom in CHAMPS})

    def connecter(self) -> psycopg.Connection:
        r = self.reglages
        return psycopg.connect(
            dbname=r["NAME"],
            user=r["USER"],
            password=r["PASSWORD"] or None,
            host=r["HOST"] or None,
            port=r["PORT"] or None,
            autocommit=True,
            options="-c lock_timeout=10000",
        )


class Purge:
    """What replaces Django's flush after a transactional test, which the application may not do."""

    proprietaire: ClassVar[ConnexionProprietaire]
    hauteurs: ClassVar[dict[str, int]] = {}
    semences: ClassVar[dict[str, str]] = {}

    @classmethod
    def preparer(cls, proprietaire: ConnexionProprietaire) -> None:
        cls.proprietaire = proprietaire
        with proprietaire.connecter() as base:
            for table in SEMEES:
                requete = sql.SQL("SELECT jsonb_agg(to_jsonb(t))::text FROM {} t").format(sql.Identifier(table))
                cls.semences[table] = base.execute(requete).fetchone()[0]
            for table in (*ROGNEES, *SEMEES):
                requete = sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))
                cls.hauteurs[table] = base.execute(requete).fetchone()[0]
        TransactionTestCase._fixture_teardown = lambda _essai: cls.vider()

    @classmethod
    def tables_videes(cls) -> list[str]:
        """The tables that are empty when a test begins. A table above another shows the rows of that one: it has none."""
        with cls.proprietaire.connecter() as base:
            tables = base.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT EXISTS (SELECT FROM pg_inherits h "
                "JOIN pg_class c ON c.oid = h.inhparent WHERE c.relname = tablename AND c.relkind = 'r') ORDER BY 1"
            )
            return [t for (t,) in tables if t not in GARDEES and not t.startswith(PREFIXES_GARDES)]

    @classmethod
    def vider(cls) -> None:
        """Empties as owner, append-only triggers silenced; refuses (no CASCADE) if reference data pointed at a tenant's row."""
        vides = cls.tables_videes()
        with cls.proprietaire.connecter() as base, base.transaction():
            gardiennes = {
                t
                for (t,) in base.execute(
                    "SELECT DISTINCT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal"
                )
            }
            for table in gardiennes:
                base.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            base.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, vides))))
            for table in ROGNEES:
                requete = sql.SQL("DELETE FROM {} WHERE id > %s").format(sql.Identifier(table))
                base.execute(requete, [cls.hauteurs[table]])
            for table, lignes in cls.semences.items():
                semer = "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s::jsonb)"
                base.execute(sql.SQL(semer).format(sql.Identifier(table)), [lignes])
            # A table whose keys wait to be judged cannot have its triggers back.
            base.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in gardiennes:
                base.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))

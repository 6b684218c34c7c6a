"""Lives led once per process, then put back: the same dossier, the same acts, the same rows.

Leading a dossier to its state through the services takes seconds; most tests begin with one. The first test that asks for a life leads
it, and the rows it wrote are kept as the base wrote them. A later test that asks for the same one, from an empty base, gets these rows
back, ids, journal and files included. Sequences only go forward, so an id put back is never given again.

Only on our own servers, whose superuser can write rows without waking the triggers that wrote half of them. Elsewhere each life is led.
"""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection

from ess_portal.socle.serveurs import Lieu, psql
from tests.outillage.base import Purge

# An account made by the test beforehand is in nobody's way.
PERMISES = (
    *("comptes_utilisateur", "comptes_rattachement", "comptes_organisation"),
    *("django_session", "account_emailaddress", "mfa_authenticator"),
)

# Written by a connection of its own, so that it outlives the test that missed a password; names nobody of another test.
A_PART = {"comptes_essaiidentite"}


@dataclass(frozen=True)
class Vie:
    lignes: str
    souvenir: Any
    fichiers: Path


class Vies:
    """The lives this process has led, by their key."""

    gardees: ClassVar[dict[str, Vie]] = {}
    possible: ClassVar[bool] = False

    @classmethod
    def preparer(cls) -> None:
        """Three functions of the superuser, in the test base alone: is it empty, keep, put back."""
        cls.possible = "GRAPPE_BASE" in os.environ
        if cls.possible:
            psql(Lieu(Path(settings.GRAPPE)), "-c", _fonctions(), base=connection.settings_dict["NAME"])

    @classmethod
    def mener(cls, cle: str, mener: Callable[[], Any]) -> Any:
        """What `mener` gives, whose rows are led or put back. The caller owns the copy that it gets."""
        if not (cls.possible and _demander("essai.vierge()")):
            return mener()
        # What a commit sets off has happened in a transactional test only.
        cle = f"{connection.in_atomic_block} {cle}"
        if vie := cls.gardees.get(cle):
            _demander("essai.remettre(%s::jsonb)", vie.lignes)
            shutil.copytree(vie.fichiers, settings.MEDIA_ROOT, dirs_exist_ok=True)
            return copy.deepcopy(vie.souvenir)
        neuve = _demander("essai.neuve()")
        souvenir = mener()
        if neuve:
            fichiers = Path(tempfile.mkdtemp(dir=settings.GRAPPE, prefix="vie-"))
            if Path(settings.MEDIA_ROOT).exists():
                shutil.copytree(settings.MEDIA_ROOT, fichiers, dirs_exist_ok=True)
            cls.gardees[cle] = Vie(_demander("essai.garder()::text"), copy.deepcopy(souvenir), fichiers)
        return souvenir


def _demander(appel: str, *valeurs: str) -> Any:
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {appel}", valeurs)
        return curseur.fetchone()[0]


def _fonctions() -> str:
    """Their text, one statement per table that a test may fill, so that the base plans each once per connection."""
    vides = [table for table in Purge.tables_videes() if table not in A_PART]
    ajouts = {table: f"id > {hauteur}" for table, hauteur in Purge.hauteurs.items()}
    colonnes = _colonnes()
    tables = dict.fromkeys(vides, "true") | ajouts
    rien = _aucune({t: c for t, c in tables.items() if t not in PERMISES})
    autres = _aucune({t: tables[t] for t in PERMISES})
    gardees = "\n".join(
        f"SELECT jsonb_agg(to_jsonb(t)) INTO lot FROM {t} t WHERE {condition}; "
        f"IF lot IS NOT NULL THEN vie := vie || jsonb_build_object('{t}', lot); END IF;"
        for t, condition in tables.items()
    )
    remises = "\n".join(
        f"IF vie ? '{t}' THEN INSERT INTO {t} ({colonnes[t]}) OVERRIDING SYSTEM VALUE "
        f"SELECT {colonnes[t]} FROM jsonb_populate_recordset(NULL::{t}, vie->'{t}'); END IF;"
        for t in tables
    )
    definir = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public"
    return f"""
CREATE SCHEMA essai;
GRANT USAGE ON SCHEMA essai TO PUBLIC;
CREATE FUNCTION essai.vierge() RETURNS boolean {definir} AS $$ BEGIN RETURN {rien}; END $$;
CREATE FUNCTION essai.neuve() RETURNS boolean {definir} AS $$ BEGIN RETURN {autres}; END $$;
CREATE FUNCTION essai.garder() RETURNS jsonb {definir} AS $$
DECLARE vie jsonb := '{{}}'; lot jsonb;
BEGIN
{gardees}
RETURN vie;
END $$;
CREATE FUNCTION essai.remettre(vie jsonb) RETURNS boolean {definir} SET session_replication_role = replica AS $$
BEGIN
{remises}
RETURN true;
END $$;
"""


def _aucune(tables: dict[str, str]) -> str:
    return " AND ".join(f"NOT EXISTS (SELECT FROM {table} WHERE {condition})" for table, condition in tables.items())


def _colonnes() -> dict[str, str]:
    """The columns of each table that are written, not generated."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns "
            "WHERE table_schema = 'public' AND is_generated = 'NEVER' GROUP BY 1"
        )
        return dict(curseur.fetchall())

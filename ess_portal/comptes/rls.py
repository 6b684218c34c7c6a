"""SQL of row-level security, for migrations: FORCE on every tenant table, no row without tenant.

No table is read in a policy of a listed table (a join there costs two orders of magnitude); `NULLIF` because a
setting reads '' after its transaction. A draft belongs to its équipe alone: `ars_id` and `caisse_id` are null until the filing.
"""

from __future__ import annotations

from django.db import migrations

ORG = "NULLIF(current_setting('app.organisation', true), '')::int"
PORTEE = "current_setting('app.portee', true)"
# `(SELECT …)` without table is read once per statement instead of once per row; the columns of the
# longest lists come first.
_ORG, _PORTEE = f"(SELECT {ORG})", f"(SELECT {PORTEE})"
LIT = (
    f"(ars_id = {_ORG} OR caisse_id = {_ORG} OR equipe_id = {_ORG} OR {_ORG} = ANY (lecteurs) OR {_PORTEE} = 'systeme' "
    f"OR ({_PORTEE} = 'nationale' AND ars_id IS NOT NULL))"
)
ECRIT = f"(({ORG} = ANY (ARRAY[equipe_id, ars_id, caisse_id]::int[]) AND {PORTEE} = '') OR {PORTEE} = 'systeme')"


def _poser(table: str, lit: str, ecrit: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY lire ON {table} FOR SELECT USING ({lit});
CREATE POLICY inserer ON {table} FOR INSERT WITH CHECK ({ecrit});
CREATE POLICY modifier ON {table} FOR UPDATE USING ({lit}) WITH CHECK ({ecrit});
CREATE POLICY supprimer ON {table} FOR DELETE USING ({ecrit});
"""


def _retirer(table: str) -> str:
    politiques = "\n".join(f"DROP POLICY {nom} ON {table};" for nom in ("lire", "inserer", "modifier", "supprimer"))
    return f"{politiques}\nALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;\nALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


def policies_colonnes(table: str) -> migrations.RunSQL:
    """For a table that carries `equipe_id`, `ars_id`, `caisse_id` and `lecteurs`."""
    return migrations.RunSQL(_poser(table, LIT, ECRIT), _retirer(table))


policies_dossier = policies_colonnes


def relire(table: str) -> migrations.RunSQL:
    """Writes the reading policy of `policies_colonnes` again, where it stood in older words."""
    return migrations.RunSQL(
        f"ALTER POLICY lire ON {table} USING ({LIT}); ALTER POLICY modifier ON {table} USING ({LIT});",
        migrations.RunSQL.noop,
    )


def policies_enfant(table: str, colonne: str = "dossier_id", *, lecteurs_ecrivent: bool = True) -> migrations.RunSQL:
    """For a table reached through its dossier: the row exists for whom the dossier exists.

    A reader of the dossier may insert (comment, log of a reading); what may be written is the service's to say.
    Administrators never write: `app.portee` forbids it.
    """
    existe = f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {table}.{colonne})"  # noqa: S608  names of migrations
    ecrit = (
        f"({existe} AND {PORTEE} IN ('', 'systeme'))" if lecteurs_ecrivent else f"({existe} AND {PORTEE} = 'systeme')"
    )
    return migrations.RunSQL(_poser(table, existe, ecrit), _retirer(table))


def policies_organisation(table: str, colonne: str = "organisation_id") -> migrations.RunSQL:
    """For a table of one organisation's own: its people read and write, the portal acts for administrators."""
    sienne = f"(({colonne} = {_ORG} AND {_PORTEE} = '') OR {_PORTEE} = 'systeme')"
    return migrations.RunSQL(_poser(table, sienne, sienne), _retirer(table))


def policies_personne(table: str, colonne: str = "utilisateur_id") -> migrations.RunSQL:
    """For what is one person's own, whatever the organisation: read and written by that person, and by the portal."""
    sienne = (
        f"({colonne} = (SELECT NULLIF(current_setting('app.utilisateur', true), '')::int) OR {_PORTEE} = 'systeme')"
    )
    return migrations.RunSQL(_poser(table, sienne, sienne), _retirer(table))


def policies_personne_partagee(table: str) -> migrations.RunSQL:
    """For what is one person's own (`utilisateur_id`, `organisation_id`), that colleagues may read once it is shared (`est_partagee`)."""
    personne = "(SELECT NULLIF(current_setting('app.utilisateur', true), '')::int)"
    sienne = f"(utilisateur_id = {personne} OR {_PORTEE} = 'systeme')"
    collegue = (
        "(est_partagee AND organisation_id = ANY(ARRAY(SELECT r.organisation_id FROM comptes_rattachement r "  # noqa: S608  names of migrations
        f"WHERE r.utilisateur_id = {personne} AND r.retire_le IS NULL)))"
    )
    return migrations.RunSQL(_poser(table, f"({sienne} OR {collegue})", sienne), _retirer(table))

"""The letters have an index of their words. PostgreSQL lets no index serve a search of words behind row-level security, for the search may see rows
before the policy does (no operator of `tsvector` is leakproof); the condition of a policy itself may. Hence a table above that of the letters,
empty, through which they are read: its own policy alone holds there, and asks that the reader be one of theirs *and* that they hold the words that the
transaction looks for (`app.lettres`, as `to_tsquery` reads it). Without words, without organisation, it shows nothing; nobody writes there.

A column that both tables have is altered in both.
"""

from django.db import migrations

from ess_portal.comptes.rls import ORG

LECTEURS = "array_append(array_append(lecteurs, ars_id::int), caisse_id::int)"
CREER = f"""
CREATE TABLE dossiers_textetrouve (dossier_id bigint, mots tsvector, ars_id bigint, caisse_id bigint, lecteurs integer[]);
ALTER TABLE dossiers_textetrouve ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_textetrouve FORCE ROW LEVEL SECURITY;
CREATE POLICY lire ON dossiers_textetrouve FOR SELECT USING (
  mots @@ (SELECT to_tsquery('simple', NULLIF(current_setting('app.lettres', true), ''))) AND {LECTEURS} @> ARRAY[(SELECT {ORG})]);
CREATE POLICY inserer ON dossiers_textetrouve FOR INSERT WITH CHECK (false);
ALTER TABLE dossiers_textedossier INHERIT dossiers_textetrouve;
CREATE INDEX texte_mots ON dossiers_textedossier USING gin (mots, ({LECTEURS}));
"""
RETIRER = """
DROP INDEX texte_mots;
ALTER TABLE dossiers_textedossier NO INHERIT dossiers_textetrouve;
DROP TABLE dossiers_textetrouve;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0053_lus_et_traites")]

    operations = [migrations.RunSQL(CREER, RETIRER)]

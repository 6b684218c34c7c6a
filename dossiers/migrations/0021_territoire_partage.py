"""The scan of many silences and an express validation exclude each other by one lock, instead of a row per pair of each silence.

Two chunks of the scan need nothing between them: each reads in `bascule_le` what silence makes of the others, whoever writes it.
An express validation waits for the chunks that run, then sees what they wrote; a chunk that starts meanwhile waits for it. The settlement
of one dossier before an act still takes the rows of its pairs: it must not ask for more than it holds.
"""

from django.db import migrations

DECISION = """
CREATE OR REPLACE FUNCTION dossiers_decision_territoire() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
  IF EXISTS (SELECT FROM nouvelles x WHERE x.sens = 'favorable' AND x.mode = 'expresse') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('territoire', 0));
  ELSIF current_setting('app.territoire', true) = 'partage' THEN
    RETURN NULL;
  END IF;
  PERFORM dossiers_reserver(ARRAY(SELECT x.dossier_id FROM nouvelles x WHERE x.sens = 'favorable'));
  FOR n IN SELECT x.dossier_id, x.prise_le FROM nouvelles x JOIN dossiers_dossier d ON d.id = x.dossier_id
      WHERE x.sens = 'favorable' AND x.mode = 'expresse' AND d.statut IN ('lettre_deposee', 'projet_depose') LOOP
    PERFORM dossiers_refuser_territoire(n.dossier_id, n.prise_le, false);
  END LOOP;
  RETURN NULL;
END $$;
"""
AVANT = """
CREATE OR REPLACE FUNCTION dossiers_decision_territoire() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
  PERFORM dossiers_reserver(ARRAY(SELECT x.dossier_id FROM nouvelles x WHERE x.sens = 'favorable'));
  FOR n IN SELECT x.dossier_id, x.prise_le FROM nouvelles x JOIN dossiers_dossier d ON d.id = x.dossier_id
      WHERE x.sens = 'favorable' AND x.mode = 'expresse' AND d.statut IN ('lettre_deposee', 'projet_depose') LOOP
    PERFORM dossiers_refuser_territoire(n.dossier_id, n.prise_le, false);
  END LOOP;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0020_copies_sans_controle")]

    operations = [migrations.RunSQL(DECISION, AVANT)]

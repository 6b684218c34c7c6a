"""An express decision asks for its territory when it decides the state the dossier waits in; a dossier taken over does not, whatever
the state it comes in with (CRI-1c: it stands, flagged). And a dossier that has a history is not deleted, whoever asks.
"""

from importlib import import_module

from django.db import migrations

AVANT = import_module("dossiers.migrations.0021_territoire_partage").DECISION

DECISION = """
CREATE OR REPLACE FUNCTION dossiers_decision_territoire() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record; decidees bigint[];
BEGIN
  decidees := ARRAY(SELECT x.id FROM nouvelles x JOIN dossiers_dossier d ON d.id = x.dossier_id
    WHERE x.sens = 'favorable' AND x.mode = 'expresse'
      AND (x.objet, d.statut) IN (('lettre', 'lettre_deposee'), ('projet', 'projet_depose')));
  IF decidees <> '{}' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('territoire', 0));
  ELSIF current_setting('app.territoire', true) = 'partage' THEN
    RETURN NULL;
  END IF;
  PERFORM dossiers_reserver(ARRAY(SELECT x.dossier_id FROM nouvelles x WHERE x.sens = 'favorable'));
  FOR n IN SELECT x.dossier_id, x.prise_le FROM nouvelles x WHERE x.id = ANY(decidees) LOOP
    PERFORM dossiers_refuser_territoire(n.dossier_id, n.prise_le, false);
  END LOOP;
  RETURN NULL;
END $$;
"""
GARDER = """
CREATE FUNCTION dossiers_garder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM journal_evenement WHERE dossier_id = OLD.id) THEN
    RAISE EXCEPTION 'un dossier qui a une histoire ne se supprime pas' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER garder BEFORE DELETE ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_garder();
"""
LACHER = "DROP TRIGGER garder ON dossiers_dossier; DROP FUNCTION dossiers_garder();"


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0024_ecritures_du_passage"), ("journal", "0007_evenement_sans_controle")]

    operations = [migrations.RunSQL(DECISION, AVANT), migrations.RunSQL(GARDER, LACHER)]

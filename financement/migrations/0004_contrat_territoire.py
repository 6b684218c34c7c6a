"""The third signature looks at the territory too: an ESS validated before on the same pairs stops it, in the base itself."""

from django.db import migrations

# The first contract that an ESS concludes; those taken over from paper are written signed, and are facts.
SIGNER = """
CREATE FUNCTION financement_contrat_territoire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM financement_contrat c WHERE c.dossier_id = NEW.dossier_id AND c.statut = 'signe' AND c.id <> NEW.id) THEN
    PERFORM dossiers_reserver(ARRAY[NEW.dossier_id]);
    PERFORM dossiers_refuser_territoire(NEW.dossier_id, NEW.signe_le, true);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER territoire AFTER UPDATE OF statut ON financement_contrat FOR EACH ROW
  WHEN (NEW.statut = 'signe' AND OLD.statut <> 'signe') EXECUTE FUNCTION financement_contrat_territoire();
"""


class Migration(migrations.Migration):
    dependencies = [("financement", "0003_garanties"), ("dossiers", "0007_garde_territoire")]

    operations = [
        migrations.RunSQL(
            SIGNER, "DROP TRIGGER territoire ON financement_contrat; DROP FUNCTION financement_contrat_territoire();"
        ),
    ]

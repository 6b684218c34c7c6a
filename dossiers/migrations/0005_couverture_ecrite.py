"""The perimeter by pairs, written by the base itself: nobody can forget it."""

from django.db import migrations

from ess_portal.comptes.rls import policies_enfant

ECRIRE = """
CREATE FUNCTION dossiers_couvrir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.groupes = OLD.groupes AND NEW.departements = OLD.departements THEN
      RETURN NULL;
    END IF;
    DELETE FROM dossiers_couverture WHERE dossier_id = NEW.id;
  END IF;
  INSERT INTO dossiers_couverture (dossier_id, groupe, departement)
  SELECT DISTINCT NEW.id, g, d FROM unnest(NEW.groupes) g, unnest(NEW.departements) d;
  RETURN NULL;
END $$;
CREATE TRIGGER couvrir AFTER INSERT OR UPDATE OF groupes, departements ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_couvrir();
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0004_couverture")]

    operations = [
        migrations.RunSQL(ECRIRE, "DROP TRIGGER couvrir ON dossiers_dossier; DROP FUNCTION dossiers_couvrir();"),
        policies_enfant("dossiers_couverture"),
    ]

"""How often a date moved or became void, counted by the base itself: calendars ask for it (RFC 5545, SEQUENCE).

The trigger is called for those rows only: a date that falls due at its own time, in thousands by the scan, pays nothing.
"""

from django.db import migrations, models
from django.db.models.functions import Now

COMPTER = """
CREATE FUNCTION dossiers_reviser_echeance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.sequence := OLD.sequence + 1;
  NEW.modifiee_le := statement_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER revision BEFORE UPDATE ON dossiers_echeance FOR EACH ROW
WHEN (OLD.dernier_jour IS DISTINCT FROM NEW.dernier_jour OR (OLD.statut = 'annulee') <> (NEW.statut = 'annulee'))
EXECUTE FUNCTION dossiers_reviser_echeance();
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0025_territoire_par_objet")]

    operations = [
        migrations.AddField(
            model_name="echeance",
            name="modifiee_le",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="modifiée le"),
        ),
        migrations.AddField(
            model_name="echeance",
            name="sequence",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name="révision"),
        ),
        migrations.RunSQL(
            COMPTER, "DROP TRIGGER revision ON dossiers_echeance; DROP FUNCTION dossiers_reviser_echeance();"
        ),
    ]

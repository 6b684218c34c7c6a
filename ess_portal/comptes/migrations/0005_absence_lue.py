from django.db import migrations

LUE = "NULLIF(current_setting('app.utilisateur', true), '') IS NOT NULL OR current_setting('app.portee', true) = 'systeme'"
SIENNE = (
    "organisation_id = (SELECT NULLIF(current_setting('app.organisation', true), '')::int) AND current_setting('app.portee', true) = '' "
    "OR current_setting('app.portee', true) = 'systeme'"
)


class Migration(migrations.Migration):
    """Whoever opens a dossier is told who stands in for the agent who follows it: absences are read by every signed-in person."""

    dependencies = [("comptes", "0004_absence")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY lire ON comptes_absence USING ({LUE})",
            f"ALTER POLICY lire ON comptes_absence USING ({SIENNE})",
        )
    ]

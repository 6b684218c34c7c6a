from django.db import migrations

ORG = "(SELECT NULLIF(current_setting('app.organisation', true), '')::int)"
SIENNE = (
    f"organisation_id = {ORG} AND current_setting('app.portee', true) = '' "
    "OR current_setting('app.portee', true) = 'systeme'"
)
# The dossiers that this subquery finds are those that row-level security shows to the reader.
D_UN_SUIVI = (
    "EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.suivi_par_id = comptes_absence.utilisateur_id "
    "AND comptes_absence.organisation_id IN (d.ars_id, d.caisse_id))"
)


class Migration(migrations.Migration):
    """Whoever opens a dossier is told who stands in for the agent who follows it; other absences are their organisation's own."""

    dependencies = [("comptes", "0004_absence"), ("dossiers", "0008_index_lus")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY lire ON comptes_absence USING ({SIENNE} OR {D_UN_SUIVI})",
            f"ALTER POLICY lire ON comptes_absence USING ({SIENNE})",
        )
    ]

"""The words of the letters without their places, kept in the row: a search among a region's letters reads half as much."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0044_dates_passees")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE dossiers_textedossier ALTER COLUMN mots SET STORAGE MAIN; SELECT set_config('app.portee', 'systeme', true); "
            "UPDATE dossiers_textedossier SET mots = strip(mots);",
            "ALTER TABLE dossiers_textedossier ALTER COLUMN mots SET STORAGE EXTENDED;",
        )
    ]

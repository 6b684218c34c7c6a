from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0013_derogation_par_specialite")]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="delai_accorde_le",
            field=models.DateField(blank=True, null=True, verbose_name="délai accordé pour le projet, jusqu’au"),
        ),
    ]

"""The account of a structure porteuse, before the association exists (FIN-2)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("financement", "0027_recuperation_gardes")]

    operations = [
        migrations.AddField(
            model_name="comptebancaire",
            name="siren_porteuse",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=9, verbose_name="SIREN de la structure porteuse"
            ),
        ),
    ]

"""How each person reads the lists, in each organisation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0005_absence_lue"),
    ]

    operations = [
        migrations.AddField(
            model_name="rattachement",
            name="listes",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Par liste\xa0: les colonnes et la vue d’ouverture choisies.",
                verbose_name="réglages des listes",
            ),
        ),
    ]

"""The anniversaries of the contracts have their index: a campaign looks for those of its year."""

from django.db import migrations, models

import dossiers.models.suivi


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0054_lettres_dans_leur_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(dossiers.models.suivi.Anniversaire(models.F("regle"))),
                fields=["dernier_jour"],
                name="echeance_anniversaire",
            ),
        ),
    ]

"""A report put off (IND-3) is one of the dates gone by that may be late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0045_mots_sans_place"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="echeance",
            name="echeance_passee_ars",
        ),
        migrations.RemoveIndex(
            model_name="echeance",
            name="echeance_passee_caisse",
        ),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(
                    ("regle__in", ("DL-2", "DL-10", "AVI", "AVI-2", "DL-4", "DL-5", "DL-7", "IND-3")),
                    ("statut", "echue"),
                ),
                fields=["ars"],
                name="echeance_passee_ars",
            ),
        ),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(
                    ("regle__in", ("DL-2", "DL-10", "AVI", "AVI-2", "DL-4", "DL-5", "DL-7", "IND-3")),
                    ("statut", "echue"),
                ),
                fields=["caisse"],
                name="echeance_passee_caisse",
            ),
        ),
    ]

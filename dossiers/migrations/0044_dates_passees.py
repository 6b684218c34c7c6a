"""Indexes of what the dashboards count over a region: dates gone by that may be late, the day of each dépôt, the départements."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0043_tache_rapport"),
        ("referentiel", "0004_demandes_qui_existent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="depot",
            name="depot_unique",
        ),
        migrations.RemoveIndex(
            model_name="dossier",
            name="dossier_ars_prochaine",
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                fields=["ars", "prochaine_le", "id"],
                include=(
                    "statut",
                    "bascule_le",
                    "est_tardif",
                    "est_a_regulariser",
                    "caisse",
                    "equipe",
                    "lecteurs",
                    "departements",
                ),
                name="dossier_ars_prochaine",
            ),
        ),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(
                    ("regle__in", ("DL-2", "DL-10", "AVI", "AVI-2", "DL-4", "DL-5", "DL-7")), ("statut", "echue")
                ),
                fields=["ars"],
                name="echeance_passee_ars",
            ),
        ),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(
                    ("regle__in", ("DL-2", "DL-10", "AVI", "AVI-2", "DL-4", "DL-5", "DL-7")), ("statut", "echue")
                ),
                fields=["caisse"],
                name="echeance_passee_caisse",
            ),
        ),
        migrations.AddConstraint(
            model_name="depot",
            constraint=models.UniqueConstraint(
                fields=("dossier", "objet", "version"), include=("date_reception",), name="depot_unique"
            ),
        ),
    ]

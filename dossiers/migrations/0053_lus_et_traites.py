"""What others read, and what is over, have their index; the nearest silence is named out of its own."""

from django.conf import settings
from django.db import migrations, models

import dossiers.models.dossier


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0052_index_des_listes"),
        ("referentiel", "0004_demandes_qui_existent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="dossier",
            name="dossier_ars_bascule",
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                fields=["ars", "bascule_le"],
                include=("statut", "est_tardif", "est_a_regulariser", "caisse", "equipe", "lecteurs", "fuseau", "nom"),
                name="dossier_ars_bascule",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(
                    ("statut__in", ["lettre_refusee", "resilie", "clos", "dotation_active", "finess_attribue"])
                ),
                fields=["ars", "prochaine_le", "id"],
                include=("caisse", "equipe", "lecteurs"),
                name="dossier_ars_traites",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(dossiers.models.dossier.AvecLecteurs(models.F("lecteurs"))),
                fields=["id"],
                include=(
                    "numero",
                    "nom",
                    "fuseau",
                    "statut",
                    "est_tardif",
                    "est_a_regulariser",
                    "suivi_par",
                    "bascule_le",
                    "prochaine_le",
                    "depose_le",
                    "statut_depuis",
                    "regime",
                    "ars",
                    "caisse",
                    "equipe",
                    "lecteurs",
                    "departements",
                ),
                name="dossier_lecteurs",
            ),
        ),
    ]

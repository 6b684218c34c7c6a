"""Views of a list kept under a name."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_personne_partagee


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0040_echeance_avenant"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VueListe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("liste", models.CharField(max_length=40, verbose_name="liste")),
                ("nom", models.CharField(max_length=60, verbose_name="nom")),
                ("filtres", models.JSONField(blank=True, default=dict, verbose_name="filtres")),
                (
                    "colonnes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="colonnes",
                    ),
                ),
                ("est_partagee", models.BooleanField(default=False, verbose_name="partagée avec l’organisation")),
                ("enregistree_le", models.DateTimeField(verbose_name="enregistrée le")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "utilisateur",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
                    ),
                ),
            ],
            options={
                "verbose_name": "vue enregistrée",
                "verbose_name_plural": "vues enregistrées",
                "ordering": ("nom", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("utilisateur", "organisation", "liste", "nom"),
                        name="vue_liste_unique",
                        violation_error_message="Vous avez déjà une vue de ce nom.",
                    ),
                    models.CheckConstraint(condition=models.Q(("nom", ""), _negated=True), name="vue_liste_nommee"),
                ],
            },
        ),
        policies_personne_partagee("dossiers_vueliste"),
    ]

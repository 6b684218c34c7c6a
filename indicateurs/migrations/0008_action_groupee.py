"""Acts on many dossiers: of one organisation, read by nobody else."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0041_vues_de_liste"),
        ("indicateurs", "0007_export"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionGroupee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "genre",
                    models.CharField(
                        choices=[
                            ("suivre", "Confier à une personne"),
                            ("relancer", "Relancer qui doit agir"),
                            ("attester", "Établir les attestations de décision implicite"),
                        ],
                        max_length=12,
                        verbose_name="genre",
                    ),
                ),
                ("cle", models.UUIDField(verbose_name="clé du formulaire")),
                ("donnees", models.JSONField(blank=True, default=dict, verbose_name="données")),
                ("lancee_le", models.DateTimeField(verbose_name="lancée le")),
                (
                    "lancee_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lancée par",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "action groupée",
                "verbose_name_plural": "actions groupées",
                "ordering": ("-lancee_le", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="LigneGroupee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rang", models.PositiveIntegerField(verbose_name="rang")),
                (
                    "etat",
                    models.CharField(
                        choices=[("a_faire", "En attente"), ("faite", "Fait"), ("refusee", "Non fait")],
                        default="a_faire",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("resultat", models.TextField(blank=True, verbose_name="résultat")),
                ("faite_le", models.DateTimeField(blank=True, null=True, verbose_name="faite le")),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lignes",
                        to="indicateurs.actiongroupee",
                        verbose_name="action groupée",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne d’action groupée",
                "verbose_name_plural": "lignes d’action groupée",
                "ordering": ("action", "rang"),
            },
        ),
        migrations.AddConstraint(
            model_name="actiongroupee",
            constraint=models.UniqueConstraint(fields=("organisation", "cle"), name="groupee_cle_unique"),
        ),
        migrations.AddConstraint(
            model_name="lignegroupee",
            constraint=models.UniqueConstraint(fields=("action", "dossier"), name="ligne_groupee_unique"),
        ),
        migrations.AddConstraint(
            model_name="lignegroupee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("etat", "a_faire"), ("faite_le__isnull", True)),
                    models.Q(
                        ("etat__in", ("faite", "refusee")),
                        ("faite_le__isnull", False),
                        models.Q(("resultat", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ligne_groupee_resultat",
            ),
        ),
        policies_organisation("indicateurs_actiongroupee"),
        policies_organisation("indicateurs_lignegroupee"),
    ]

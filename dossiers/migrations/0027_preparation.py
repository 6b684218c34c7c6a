import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0026_revision_des_echeances"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Preparation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "objet",
                    models.CharField(
                        choices=[
                            ("lettre", "Lettre d’intention"),
                            ("projet", "Projet de santé"),
                            ("dotation", "Dotation annuelle"),
                        ],
                        max_length=8,
                        verbose_name="objet",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                (
                    "sens",
                    models.CharField(
                        choices=[("favorable", "Favorable"), ("defavorable", "Défavorable")],
                        max_length=12,
                        verbose_name="sens",
                    ),
                ),
                ("motifs", models.JSONField(blank=True, default=list, verbose_name="motifs")),
                ("grille", models.JSONField(blank=True, default=list, verbose_name="grille des critères")),
                ("message", models.TextField(blank=True, verbose_name="message joint")),
                ("preparee_le", models.DateTimeField(verbose_name="préparée le")),
                ("signee_le", models.DateTimeField(blank=True, null=True, verbose_name="signée le")),
                ("close_le", models.DateTimeField(blank=True, null=True, verbose_name="close le")),
                ("motif_cloture", models.TextField(blank=True, verbose_name="motif de la clôture")),
                (
                    "decision",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="preparation",
                        to="dossiers.decision",
                        verbose_name="décision",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preparations",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "preparee_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="préparée par",
                    ),
                ),
                (
                    "signee_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision préparée",
                "verbose_name_plural": "décisions préparées",
                "ordering": ("dossier", "preparee_le", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("close_le__isnull", True)),
                        fields=("dossier", "objet", "version"),
                        name="preparation_unique",
                        violation_error_message="Une décision est déjà préparée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sens", "favorable"), models.Q(("motifs", []), _negated=True), _connector="OR"
                        ),
                        name="preparation_motivee",
                        violation_error_message="Une décision défavorable se motive.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision__isnull", True),
                            models.Q(("close_le__isnull", False), ("signee_le__isnull", False)),
                            _connector="OR",
                        ),
                        name="preparation_prise_signee",
                    ),
                ],
            },
        ),
        policies_enfant("dossiers_preparation"),
    ]

"""Contracts signed by hand: their scans, compared by a second person of another party."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0005_absence_lue"),
        ("documents", "0010_exemplaire_signe"),
        ("dossiers", "0036_recours_sans_objet"),
        ("financement", "0014_delegation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exemplaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "partie",
                    models.CharField(
                        choices=[("equipe", "L’équipe"), ("ars", "L’ARS"), ("caisse", "La caisse")],
                        max_length=8,
                        verbose_name="partie",
                    ),
                ),
                ("nom", models.CharField(max_length=200, verbose_name="signataire")),
                ("qualite", models.CharField(blank=True, max_length=200, verbose_name="qualité")),
                ("signe_jour", models.DateField(verbose_name="signé à la main le")),
                ("depose_le", models.DateTimeField(verbose_name="déposé le")),
                ("juge_le", models.DateTimeField(blank=True, null=True, verbose_name="comparé le")),
                ("est_conforme", models.BooleanField(blank=True, null=True, verbose_name="conforme")),
                ("motif", models.TextField(blank=True, verbose_name="motif")),
                (
                    "contrat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemplaires",
                        to="financement.contrat",
                        verbose_name="contrat",
                    ),
                ),
                (
                    "depose_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposé par",
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
                    "juge_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="comparé par",
                    ),
                ),
                (
                    "juge_pour",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="comparé pour",
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
                (
                    "piece",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.piece",
                        verbose_name="exemplaire numérisé",
                    ),
                ),
            ],
            options={
                "verbose_name": "exemplaire signé à la main",
                "verbose_name_plural": "exemplaires signés à la main",
                "ordering": ("depose_le", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("juge_le", None)),
                        fields=("contrat", "partie"),
                        name="exemplaire_un_en_attente",
                        violation_error_message="Un exemplaire de cette partie attend déjà d’être comparé.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("est_conforme", None), ("juge_le", None), ("juge_par", None), ("juge_pour", None)
                            ),
                            models.Q(
                                ("est_conforme__isnull", False),
                                ("juge_le__isnull", False),
                                ("juge_par__isnull", False),
                                ("juge_pour__isnull", False),
                                models.Q(("juge_par", models.F("depose_par")), _negated=True),
                                models.Q(("juge_pour", models.F("organisation")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="exemplaire_quatre_yeux",
                        violation_error_message="Un exemplaire est comparé par une autre personne, d’une autre partie.",
                    ),
                ],
            },
        ),
        policies_enfant("financement_exemplaire"),
    ]

"""Exports: a person's own, whatever the organisation."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_personne


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0005_absence_lue"),
        ("indicateurs", "0006_flux_calendrier"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("cle", models.UUIDField(verbose_name="clé du formulaire")),
                ("liste", models.CharField(max_length=40, verbose_name="liste")),
                ("filtres", models.JSONField(blank=True, default=dict, verbose_name="filtres")),
                (
                    "colonnes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None, verbose_name="colonnes"
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("xlsx", "Excel (XLSX)"), ("ods", "LibreOffice (ODS)"), ("csv", "Texte (CSV)")],
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("demande", "En préparation"),
                            ("pret", "Prêt"),
                            ("refuse", "Refusé"),
                            ("efface", "Effacé"),
                        ],
                        default="demande",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("motif", models.TextField(blank=True, verbose_name="motif")),
                ("lignes", models.PositiveIntegerField(default=0, verbose_name="nombre de lignes")),
                ("taille", models.PositiveBigIntegerField(default=0, verbose_name="taille en octets")),
                ("empreinte", models.CharField(blank=True, max_length=64, verbose_name="empreinte")),
                ("chemin", models.CharField(blank=True, max_length=40, verbose_name="fichier")),
                (
                    "dossiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="dossiers",
                    ),
                ),
                ("demande_le", models.DateTimeField(verbose_name="demandé le")),
                ("lu_au", models.DateTimeField(blank=True, null=True, verbose_name="situation au")),
                ("fait_le", models.DateTimeField(blank=True, null=True, verbose_name="fait le")),
                ("expire_le", models.DateTimeField(blank=True, null=True, verbose_name="effacé le")),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
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
                "verbose_name": "export",
                "ordering": ("-demande_le", "pk"),
                "indexes": [
                    models.Index(fields=["utilisateur", "-demande_le"], name="export_personne"),
                    models.Index(
                        condition=models.Q(("chemin", ""), _negated=True), fields=["expire_le"], name="export_a_effacer"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("utilisateur", "cle"), name="export_cle_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("etat", "pret"),
                                models.Q(("chemin", ""), _negated=True),
                                ("expire_le__isnull", False),
                                ("lu_au__isnull", False),
                            ),
                            models.Q(("chemin", ""), ("etat__in", ("demande", "efface"))),
                            models.Q(("chemin", ""), ("etat", "refuse"), models.Q(("motif", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="export_etat",
                    ),
                ],
            },
        ),
        policies_personne("indicateurs_export"),
    ]

"""Series of contracts: of one organisation, read by nobody else."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0005_absence_lue"),
        ("dossiers", "0036_recours_sans_objet"),
        ("financement", "0017_avenant"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Serie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "genre",
                    models.CharField(
                        choices=[
                            ("amorcage", "Contrats de crédit d’amorçage"),
                            ("dotation", "Contrats de dotation annuelle"),
                            ("avenant", "Avenants au texte des clauses en vigueur"),
                        ],
                        max_length=12,
                        verbose_name="genre",
                    ),
                ),
                ("cle", models.UUIDField(verbose_name="clé du formulaire")),
                ("donnees", models.JSONField(blank=True, default=dict, verbose_name="données")),
                ("creee_le", models.DateTimeField(verbose_name="lancée le")),
                (
                    "creee_par",
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
                "verbose_name": "série de contrats",
                "verbose_name_plural": "séries de contrats",
                "ordering": ("-creee_le", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="LigneSerie",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rang", models.PositiveIntegerField(verbose_name="rang")),
                (
                    "etat",
                    models.CharField(
                        choices=[("a_faire", "En attente"), ("proposee", "Proposé"), ("refusee", "Non proposé")],
                        default="a_faire",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("motif", models.TextField(blank=True, verbose_name="motif")),
                ("faite_le", models.DateTimeField(blank=True, null=True, verbose_name="faite le")),
                (
                    "contrat",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="financement.contrat",
                        verbose_name="contrat proposé",
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
                (
                    "serie",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lignes",
                        to="financement.serie",
                        verbose_name="série",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne de série",
                "verbose_name_plural": "lignes de série",
                "ordering": ("serie", "rang"),
            },
        ),
        migrations.AddConstraint(
            model_name="serie",
            constraint=models.UniqueConstraint(fields=("organisation", "cle"), name="serie_cle_unique"),
        ),
        migrations.AddConstraint(
            model_name="ligneserie",
            constraint=models.UniqueConstraint(fields=("serie", "dossier"), name="ligne_serie_unique"),
        ),
        migrations.AddConstraint(
            model_name="ligneserie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contrat__isnull", True), ("etat", "a_faire"), ("faite_le__isnull", True)),
                    models.Q(("contrat__isnull", False), ("etat", "proposee"), ("faite_le__isnull", False)),
                    models.Q(("contrat__isnull", True), ("etat", "refusee"), ("faite_le__isnull", False)),
                    _connector="OR",
                ),
                name="ligne_serie_resultat",
            ),
        ),
        policies_organisation("financement_serie"),
        policies_organisation("financement_ligneserie"),
    ]

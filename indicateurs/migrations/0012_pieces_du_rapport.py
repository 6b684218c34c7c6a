"""The files that a report carries, reached through its dossier."""

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0015_dossier_preuves"),
        ("dossiers", "0045_mots_sans_place"),
        ("indicateurs", "0011_depots_figes"),
    ]

    operations = [
        migrations.CreateModel(
            name="PieceRapport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "piece",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.piece",
                        verbose_name="pièce",
                    ),
                ),
                (
                    "rapport",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jointes",
                        to="indicateurs.rapport",
                        verbose_name="rapport",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce d’un rapport",
                "verbose_name_plural": "pièces des rapports",
                "ordering": ("rapport", "pk"),
            },
        ),
        policies_enfant("indicateurs_piecerapport"),
    ]

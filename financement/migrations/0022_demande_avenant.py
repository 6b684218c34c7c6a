"""Demands for an avenant, read by those who read the dossier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant
from ess_portal.socle.retour import SansRetour


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0037_visa_recours"),
        ("financement", "0021_controle_annuel"),
        ("referentiel", "0003_tribunal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DemandeAvenant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("objet", models.TextField(verbose_name="modification demandée")),
                ("recue_le", models.DateTimeField(verbose_name="reçue le")),
                ("recue_jour", models.DateField(verbose_name="jour de réception")),
                ("pieces", models.TextField(blank=True, verbose_name="pièces demandées")),
                ("pieces_demandees_le", models.DateField(blank=True, null=True, verbose_name="pièces demandées le")),
                ("pieces_limite", models.DateField(blank=True, null=True, verbose_name="pièces attendues jusqu’au")),
                ("pieces_recues_le", models.DateField(blank=True, null=True, verbose_name="pièces reçues le")),
                ("complement", models.TextField(blank=True, verbose_name="complément de l’équipe")),
                (
                    "issue",
                    models.CharField(
                        blank=True,
                        choices=[("accordee", "Accordée"), ("refusee", "Refusée")],
                        max_length=8,
                        verbose_name="réponse",
                    ),
                ),
                ("motif", models.TextField(blank=True, verbose_name="motif")),
                ("repondue_le", models.DateTimeField(blank=True, null=True, verbose_name="répondue le")),
                ("est_remplacee", models.BooleanField(db_default=False, default=False, verbose_name="remplacée")),
                (
                    "contrat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="financement.contrat",
                        verbose_name="contrat",
                    ),
                ),
                (
                    "demandee_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandée par",
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
                    "jeu_national",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentiel.jeuparametres",
                        verbose_name="jeu national",
                    ),
                ),
                (
                    "jeu_regional",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentiel.jeuparametres",
                        verbose_name="jeu régional",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande d’avenant",
                "verbose_name_plural": "demandes d’avenant",
                "ordering": ("recue_le", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("est_remplacee", False), ("issue", "")),
                        fields=("contrat",),
                        name="demande_avenant_ouverte",
                        violation_error_message="Une demande d’avenant est déjà en instruction.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issue", ""), ("repondue_le__isnull", True)),
                            models.Q(models.Q(("issue", ""), _negated=True), ("repondue_le__isnull", False)),
                            _connector="OR",
                        ),
                        name="demande_avenant_repondue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pieces_recues_le__isnull", True), ("pieces_demandees_le__isnull", False), _connector="OR"
                        ),
                        name="demande_avenant_pieces",
                    ),
                ],
            },
        ),
        policies_enfant("financement_demandeavenant"),
        SansRetour("demandes d’avenant", "financement_demandeavenant"),
    ]

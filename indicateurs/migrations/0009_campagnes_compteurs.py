"""Campaigns, filed versions and monthly counters, each reached through its dossier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant
from ess_portal.socle.retour import SansRetour


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0012_lettre_financiere"),
        ("dossiers", "0043_tache_rapport"),
        ("indicateurs", "0008_action_groupee"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="rapport",
            name="delais",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Délai → médiane, neuvième décile et nombre, à la remise.",
                verbose_name="délais (I6)",
            ),
        ),
        migrations.AddField(
            model_name="rapport",
            name="explications",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Champ dont la valeur surprend → ce que l’équipe en dit.",
                verbose_name="explications",
            ),
        ),
        migrations.AddField(
            model_name="rapport",
            name="montant_recu",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="montant reçu"
            ),
        ),
        migrations.AddField(
            model_name="rapport",
            name="montant_reporte",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="montant reporté"
            ),
        ),
        migrations.AddField(
            model_name="rapport",
            name="outil_piece",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.piece",
                verbose_name="preuve de l’outil",
            ),
        ),
        migrations.AddField(
            model_name="rapport",
            name="version",
            field=models.PositiveIntegerField(
                default=0, help_text="Une de plus à chaque enregistrement.", verbose_name="version"
            ),
        ),
        migrations.CreateModel(
            name="Campagne",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("annee", models.PositiveSmallIntegerField(verbose_name="année du contrat")),
                ("due_le", models.DateField(verbose_name="attendu le")),
                ("ouverte_le", models.DateTimeField(verbose_name="ouverte le")),
                ("prorogee_au", models.DateField(blank=True, null=True, verbose_name="prorogé au")),
                ("motif", models.TextField(blank=True, verbose_name="motif de la prorogation")),
                ("prorogee_le", models.DateTimeField(blank=True, null=True, verbose_name="prorogée le")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campagnes",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "prorogee_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prorogée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "campagne de rapport",
                "verbose_name_plural": "campagnes de rapport",
                "ordering": ("dossier", "annee"),
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "annee"), name="campagne_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("prorogee_au__isnull", True),
                            models.Q(
                                ("prorogee_au__gt", models.F("due_le")),
                                ("prorogee_le__isnull", False),
                                models.Q(("motif", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="campagne_prorogation",
                        violation_error_message="Une prorogation a un motif et un jour après celui qui était fixé.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Compteur",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mois", models.DateField(verbose_name="mois")),
                (
                    "indicateur",
                    models.CharField(
                        choices=[
                            ("i1", "Soignants, pour la première fois dans l’année"),
                            ("i1b", "Dont médecins traitants"),
                            ("i2", "Patients, pour la première fois dans l’année"),
                            ("i3", "Téléexpertises réalisées"),
                            ("i4", "Médecins en consultations avancées"),
                            ("i5", "Consultations avancées réalisées"),
                            ("delai_rdv", "Délais de rendez-vous, en jours"),
                            ("delai_tlx", "Délais de téléexpertise, en heures"),
                        ],
                        max_length=12,
                        verbose_name="indicateur",
                    ),
                ),
                ("valeur", models.PositiveIntegerField(blank=True, null=True, verbose_name="valeur")),
                ("effectifs", models.JSONField(blank=True, null=True, verbose_name="effectifs")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("est_courant", models.BooleanField(default=True, verbose_name="en vigueur")),
                (
                    "source",
                    models.CharField(
                        choices=[("saisie", "Saisie"), ("fichier", "Fichier"), ("api", "Outil de l’équipe")],
                        max_length=8,
                        verbose_name="source",
                    ),
                ),
                ("enregistre_le", models.DateTimeField(verbose_name="enregistré le")),
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
                    "enregistre_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistré par",
                    ),
                ),
            ],
            options={
                "verbose_name": "compteur mensuel",
                "verbose_name_plural": "compteurs mensuels",
                "ordering": ("dossier", "mois", "indicateur", "version"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("est_courant", True)),
                        fields=("dossier", "mois", "indicateur"),
                        name="compteur_courant",
                    ),
                    models.UniqueConstraint(
                        fields=("dossier", "mois", "indicateur", "version"), name="compteur_version"
                    ),
                    models.CheckConstraint(condition=models.Q(("mois__day", 1)), name="compteur_mois"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("indicateur__in", ("delai_rdv", "delai_tlx")),
                                ("effectifs__isnull", False),
                                ("valeur__isnull", True),
                            ),
                            models.Q(
                                models.Q(("indicateur__in", ("delai_rdv", "delai_tlx")), _negated=True),
                                ("effectifs__isnull", True),
                                ("valeur__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="compteur_contenu",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionRapport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numero", models.PositiveSmallIntegerField(verbose_name="version")),
                ("contenu", models.JSONField(verbose_name="contenu")),
                ("deposee_le", models.DateTimeField(verbose_name="déposée le")),
                (
                    "deposee_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposée par",
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
                    "rapport",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="indicateurs.rapport",
                        verbose_name="rapport",
                    ),
                ),
            ],
            options={
                "verbose_name": "version de rapport",
                "verbose_name_plural": "versions de rapport",
                "ordering": ("rapport", "numero"),
                "constraints": [models.UniqueConstraint(fields=("rapport", "numero"), name="version_rapport_unique")],
            },
        ),
        policies_enfant("indicateurs_campagne"),
        policies_enfant("indicateurs_compteur"),
        policies_enfant("indicateurs_versionrapport"),
        SansRetour("rapports remis", "indicateurs_versionrapport"),
    ]

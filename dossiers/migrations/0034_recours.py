import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0033_conflit_ne"),
        ("referentiel", "0003_tribunal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="tache",
            name="type",
            field=models.CharField(
                choices=[
                    ("statuer_retard", "Statuer sur le projet en retard"),
                    ("ouvrir_recuperation", "Ouvrir la procédure de récupération"),
                    ("mission_incomplete", "Constater la mission socle incomplète"),
                    ("controle_annuel", "Contrôler l’année et verser la dotation"),
                    ("decider_incomplet", "Décider ou classer\xa0: pièces non reçues"),
                    ("avis_en_retard", "Avis de la caisse en retard"),
                    ("seuil_rompu", "Examiner un seuil d’adhérents qui n’est plus atteint"),
                    ("suite_recours", "Tirer les conséquences d’un recours accepté par le silence"),
                    ("presentation_pli", "Enregistrer la présentation du pli recommandé"),
                ],
                max_length=24,
                verbose_name="type",
            ),
        ),
        migrations.CreateModel(
            name="Recours",
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
                ("rang", models.PositiveSmallIntegerField(default=1, verbose_name="rang")),
                (
                    "contestation",
                    models.CharField(
                        choices=[
                            ("refus", "Refus"),
                            ("retrait", "Retrait d’une validation"),
                            ("classement", "Classement"),
                        ],
                        max_length=12,
                        verbose_name="acte contesté",
                    ),
                ),
                (
                    "canal",
                    models.CharField(
                        choices=[
                            ("portail", "Sur le portail"),
                            ("papier", "Par courrier"),
                            ("demarches_simplifiees", "Démarches Simplifiées"),
                        ],
                        default="portail",
                        max_length=24,
                        verbose_name="canal",
                    ),
                ),
                ("date_depot", models.DateField(verbose_name="formé le")),
                ("date_reception", models.DateField(verbose_name="reçu par l’ARS le")),
                ("date_premiere_reception", models.DateField(blank=True, null=True, verbose_name="première réception")),
                ("recu_le", models.DateTimeField(verbose_name="instant de réception")),
                ("motifs", models.TextField(verbose_name="motifs")),
                ("est_tardif", models.BooleanField(default=False, verbose_name="hors délai")),
                ("demandes", models.JSONField(blank=True, default=list, verbose_name="pièces demandées")),
                (
                    "issue",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rejete", "Rejeté"),
                            ("irrecevable", "Rejeté comme irrecevable"),
                            ("accepte", "Accepté"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="issue",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("expresse", "Réponse expresse"), ("implicite", "Par le silence")],
                        default="",
                        max_length=10,
                        verbose_name="mode",
                    ),
                ),
                ("date_reponse", models.DateField(blank=True, null=True, verbose_name="réponse du")),
                ("date_notification", models.DateField(blank=True, null=True, verbose_name="réponse notifiée le")),
                ("reponse", models.TextField(blank=True, verbose_name="motifs de la réponse")),
                ("repondu_le", models.DateTimeField(blank=True, null=True, verbose_name="réponse enregistrée le")),
                (
                    "decision",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recours",
                        to="dossiers.decision",
                        verbose_name="décision contestée",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recours",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "forme_par",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistré par",
                    ),
                ),
                (
                    "jeu_national",
                    models.ForeignKey(
                        db_index=False,
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentiel.jeuparametres",
                        verbose_name="jeu régional",
                    ),
                ),
                (
                    "repondu_par",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="réponse de",
                    ),
                ),
            ],
            options={
                "verbose_name": "recours gracieux",
                "verbose_name_plural": "recours gracieux",
                "ordering": ("dossier", "recu_le", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("dossier", "objet", "rang"), name="recours_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("decision__isnull", False)),
                        fields=("decision",),
                        name="recours_unique_decision",
                        violation_error_message="Un recours gracieux a déjà été formé contre cette décision.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decision__isnull", True)),
                        fields=("dossier",),
                        name="recours_unique_classement",
                        violation_error_message="Un recours gracieux a déjà été formé contre ce classement.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("date_reception__gte", models.F("date_depot")),
                            models.Q(
                                ("date_premiere_reception__isnull", True),
                                models.Q(
                                    ("date_premiere_reception__gte", models.F("date_depot")),
                                    ("date_reception__gte", models.F("date_premiere_reception")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="recours_dates",
                        violation_error_message="La réception ne précède pas le dépôt.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date_reponse__isnull", True), ("issue", ""), ("mode", "")),
                            models.Q(
                                models.Q(("issue", ""), _negated=True),
                                models.Q(("mode", ""), _negated=True),
                                ("date_reponse__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="recours_repondu",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", "expresse"), _negated=True),
                            models.Q(("reponse", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="recours_motive",
                        violation_error_message="La réponse se motive.",
                    ),
                ],
            },
        ),
        policies_enfant("dossiers_recours"),
    ]

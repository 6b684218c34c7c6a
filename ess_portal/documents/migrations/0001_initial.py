import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ess_portal.documents.models.document


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comptes", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "cle",
                    models.CharField(
                        help_text="Unique dans le dossier : « accuse:lettre:1 ».", max_length=120, verbose_name="clé"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("lettre_intention", "Lettre d’intention"),
                            ("accuse_reception", "Accusé de réception"),
                            ("notification_decision", "Notification de décision"),
                            ("attestation_tacite", "Attestation de décision implicite"),
                            ("contrat_amorcage", "Contrat de crédit d’amorçage"),
                            ("contrat_dotation", "Contrat de dotation annuelle"),
                            ("formulaire_adhesion", "Formulaire d’adhésion"),
                            ("ordre_versement", "Ordre de versement"),
                            ("projet_sante", "Projet de santé"),
                            ("rapport_activite", "Rapport d’activité"),
                        ],
                        max_length=40,
                        verbose_name="type",
                    ),
                ),
                ("titre", models.CharField(max_length=200, verbose_name="titre")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("donnees", models.JSONField(verbose_name="données figées")),
                ("gabarit", models.CharField(max_length=80, verbose_name="gabarit")),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("a_produire", "En préparation"),
                            ("produit", "Disponible"),
                            ("echec", "Échec de la production"),
                        ],
                        default="a_produire",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("erreur", models.CharField(blank=True, max_length=300, verbose_name="erreur")),
                ("octets", models.BinaryField(blank=True, null=True, verbose_name="contenu")),
                ("empreinte", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("taille", models.PositiveIntegerField(blank=True, null=True, verbose_name="taille en octets")),
                (
                    "nombre_pages",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="nombre de pages"),
                ),
                (
                    "code_verification",
                    models.CharField(
                        default=ess_portal.documents.models.document.generer_code,
                        editable=False,
                        max_length=16,
                        unique=True,
                        verbose_name="code de vérification",
                    ),
                ),
                ("cree_le", models.DateTimeField(verbose_name="demandé le")),
                ("produit_le", models.DateTimeField(blank=True, null=True, verbose_name="produit le")),
                (
                    "remplace",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remplace_par",
                        to="documents.document",
                        verbose_name="remplace",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "ordering": ("cree_le", "id"),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("etat", "a_produire")), fields=["cree_le"], name="document_a_produire"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("etat", "produit"), _negated=True),
                            models.Q(
                                ("octets__isnull", False),
                                ("produit_le__isnull", False),
                                ("taille__gt", 0),
                                models.Q(("empreinte", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="document_produit_complet",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lecture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("premiere_le", models.DateTimeField(verbose_name="première lecture le")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lectures",
                        to="documents.document",
                        verbose_name="document",
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
                    "utilisateur",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="utilisateur",
                    ),
                ),
            ],
            options={
                "verbose_name": "lecture",
                "ordering": ("premiere_le", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("document", "utilisateur", "organisation"), name="lecture_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "objet",
                    models.CharField(
                        choices=[
                            ("lettre", "Lettre d’intention"),
                            ("projet", "Projet de santé"),
                            ("activite", "Mission socle"),
                            ("association", "Association"),
                            ("dotation", "Dotation annuelle"),
                            ("rapport", "Rapport d’activité"),
                            ("adhesion", "Adhésion"),
                            ("derogation", "Dérogation"),
                            ("avis", "Avis de la caisse"),
                            ("versement", "Versement"),
                            ("message", "Message"),
                            ("reprise", "Dossier repris"),
                        ],
                        max_length=16,
                        verbose_name="objet",
                    ),
                ),
                ("type", models.SlugField(max_length=60, verbose_name="type")),
                ("libelle", models.CharField(max_length=200, verbose_name="libellé")),
                ("nom_fichier", models.CharField(max_length=140, verbose_name="nom du fichier")),
                ("type_mime", models.CharField(max_length=100, verbose_name="type du contenu")),
                ("taille", models.PositiveIntegerField(verbose_name="taille en octets")),
                ("empreinte", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("chemin", models.CharField(max_length=80, unique=True, verbose_name="nom opaque")),
                ("depose_le", models.DateTimeField(verbose_name="déposée le")),
                (
                    "etat",
                    models.CharField(
                        choices=[("en_analyse", "Analyse en cours"), ("sain", "Analysée"), ("refuse", "Refusée")],
                        default="en_analyse",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("verdict", models.CharField(blank=True, max_length=200, verbose_name="verdict")),
                ("analysee_le", models.DateTimeField(blank=True, null=True, verbose_name="analysée le")),
                ("visible_equipe", models.BooleanField(default=True, verbose_name="visible de l’équipe")),
                (
                    "depose_par",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposée par",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce",
                "verbose_name_plural": "pièces",
                "ordering": ("depose_le", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("etat", "en_analyse")), fields=["depose_le"], name="piece_en_analyse"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("taille__gt", 0)), name="piece_non_vide"),
                    models.CheckConstraint(
                        condition=models.Q(("etat", "en_analyse"), ("analysee_le__isnull", False), _connector="OR"),
                        name="piece_etat_date",
                    ),
                ],
            },
        ),
    ]

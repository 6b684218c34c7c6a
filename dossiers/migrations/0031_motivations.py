import uuid
from datetime import UTC, date, datetime

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models

# The first national texts: what a refusal has to establish, reason by reason, the facts being the dossier's.
TEXTES = (
    (
        ("lettre", "projet"),
        "cahier_des_charges",
        "CRI-4",
        "Seuil d’adhérents non atteint",
        "Le cahier des charges demande qu’au moins 10\u00a0% des professionnels libéraux de la spécialité, sur le territoire, adhèrent à l’équipe. "
        "Au [à compléter\u00a0: date], l’équipe réunit [à compléter\u00a0: nombre] adhérents libéraux pour [à compléter\u00a0: nombre] professionnels libéraux, "
        "selon [à compléter\u00a0: source du comptage]. Aucune dérogation de la commission paritaire nationale ne porte sur ce seuil.",
    ),
    (
        ("lettre", "projet"),
        "cahier_des_charges",
        "CRI-1d",
        "Moins de dix médecins de la spécialité",
        "Le cahier des charges demande la présence d’au moins dix médecins de la spécialité sur le territoire. Le comptage du [à compléter\u00a0: date] "
        "en relève [à compléter\u00a0: nombre], selon [à compléter\u00a0: source]. Aucune dérogation de la commission paritaire nationale ne porte sur ce seuil.",
    ),
    (
        ("lettre", "projet"),
        "cahier_des_charges",
        "CRI-2",
        "Articulation avec les acteurs du territoire",
        "Le cahier des charges demande une articulation avec les acteurs du premier recours, les établissements et les dispositifs existants. "
        "Le dossier ne décrit pas [à compléter\u00a0: acteurs ou liens qui manquent]. Les pièces demandées le [à compléter\u00a0: date] ne l’établissent pas.",
    ),
    (
        ("lettre",),
        "besoin",
        "CRI-7",
        "Besoin d’accès non établi",
        "L’étude d’opportunité jointe ne montre pas de difficulté d’accès au second recours dans cette spécialité\u00a0: "
        "[à compléter\u00a0: délais, densité, flux constatés, avec leur source]. La stratégie régionale [à compléter\u00a0: ce qu’elle dit de ce territoire].",
    ),
    (
        ("lettre",),
        "unicite",
        "CRI-1c",
        "Territoire déjà couvert",
        "Une équipe de soins spécialisés de la même spécialité couvre déjà [à compléter\u00a0: départements]. Le cahier des charges n’en admet qu’une par territoire, "
        "sauf dérogation de la commission paritaire nationale. Aucune n’a été accordée au [à compléter\u00a0: date].",
    ),
    (
        ("lettre", "projet"),
        "destabilisation",
        "",
        "Risque pour l’offre de soins existante",
        "Les actions prévues à [à compléter\u00a0: lieu] reposent sur [à compléter\u00a0: professionnels ou services concernés]. "
        "Leur départ ou la réduction de leur activité conduirait à [à compléter\u00a0: conséquence précise pour les patients].",
    ),
)


def ecrire(apps, schema_editor):
    motivation = apps.get_model("dossiers", "Motivation")
    motivation.objects.bulk_create(
        motivation(
            objet=objet,
            motif=motif,
            critere=critere,
            titre=titre,
            texte=texte,
            valide_du=date(2025, 1, 23),
            enregistree_le=datetime(2025, 1, 22, 23, tzinfo=UTC),
        )
        for objets, motif, critere, titre, texte in TEXTES
        for objet in objets
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0030_depot_transmis"),
        ("referentiel", "0002_motif_activation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Outside the transaction that added it: rows are read under a lock that lets others write.
        ValidateConstraint(model_name="depot", name="depot_transmis_dates"),
        migrations.CreateModel(
            name="Motivation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fil", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="fil des versions")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("est_courante", models.BooleanField(default=True, verbose_name="dernière version")),
                (
                    "objet",
                    models.CharField(
                        choices=[("lettre", "Lettre d’intention"), ("projet", "Projet de santé")],
                        max_length=8,
                        verbose_name="objet",
                    ),
                ),
                ("motif", models.CharField(max_length=40, verbose_name="motif de la liste")),
                ("critere", models.CharField(blank=True, max_length=8, verbose_name="critère")),
                ("titre", models.CharField(max_length=120, verbose_name="titre")),
                ("texte", models.TextField(verbose_name="texte")),
                ("valide_du", models.DateField(verbose_name="en usage depuis le")),
                ("retiree_le", models.DateField(blank=True, null=True, verbose_name="retirée le")),
                ("enregistree_le", models.DateTimeField(verbose_name="enregistrée le")),
                (
                    "enregistree_par",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="enregistrée par",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentiel.region",
                        verbose_name="région",
                    ),
                ),
            ],
            options={
                "verbose_name": "motivation",
                "ordering": ("objet", "motif", "titre", "-version"),
                "constraints": [
                    models.UniqueConstraint(fields=("fil", "version"), name="motivation_version_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("est_courante", True)), fields=("fil",), name="motivation_courante_unique"
                    ),
                    models.CheckConstraint(condition=models.Q(("texte", ""), _negated=True), name="motivation_ecrite"),
                ],
            },
        ),
        migrations.RunPython(ecrire, migrations.RunPython.noop),
    ]

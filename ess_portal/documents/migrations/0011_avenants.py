"""Avenants and the consolidated text of a contract are documents too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0010_exemplaire_signe"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="type",
            field=models.CharField(
                choices=[
                    ("lettre_intention", "Lettre d’intention"),
                    ("accuse_reception", "Accusé de réception"),
                    ("accuse_recours", "Accusé de réception d’un recours gracieux"),
                    ("notification_decision", "Notification de décision"),
                    ("attestation_tacite", "Attestation de décision implicite"),
                    ("contrat_amorcage", "Contrat de crédit d’amorçage"),
                    ("contrat_dotation", "Contrat de dotation annuelle"),
                    ("avenant_contrat", "Avenant"),
                    ("contrat_consolide", "Version consolidée"),
                    ("formulaire_adhesion", "Formulaire d’adhésion"),
                    ("certificat_adhesion", "Certificat d’adhésion"),
                    ("ordre_versement", "Ordre de versement"),
                    ("projet_sante", "Projet de santé"),
                    ("rapport_activite", "Rapport d’activité"),
                ],
                max_length=40,
                verbose_name="type",
            ),
        ),
    ]

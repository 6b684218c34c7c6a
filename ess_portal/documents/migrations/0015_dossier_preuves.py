from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0014_synthese_campagne"),
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
                    ("dossier_preuves", "Dossier de preuves de signature"),
                    ("formulaire_adhesion", "Formulaire d’adhésion"),
                    ("certificat_adhesion", "Certificat d’adhésion"),
                    ("ordre_versement", "Ordre de versement"),
                    ("lettre_financiere", "Courrier de récupération ou de résiliation"),
                    ("projet_sante", "Projet de santé"),
                    ("rapport_activite", "Rapport d’activité"),
                    ("synthese_campagne", "Synthèse de la campagne"),
                ],
                max_length=40,
                verbose_name="type",
            ),
        ),
    ]

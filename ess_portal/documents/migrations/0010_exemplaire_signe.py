"""A seal may attest a contract signed by hand; its scan is a pièce of the contract."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0009_empreinte_cherchee"),
    ]

    operations = [
        migrations.AddField(
            model_name="sceau",
            name="est_manuscrit",
            field=models.BooleanField(db_default=False, default=False, verbose_name="signé à la main"),
        ),
        migrations.AlterField(
            model_name="piece",
            name="objet",
            field=models.CharField(
                choices=[
                    ("lettre", "Lettre d’intention"),
                    ("projet", "Projet de santé"),
                    ("activite", "Mission socle"),
                    ("association", "Association"),
                    ("dotation", "Dotation annuelle"),
                    ("rapport", "Rapport d’activité"),
                    ("adhesion", "Adhésion"),
                    ("derogation", "Dérogation"),
                    ("recours", "Recours gracieux"),
                    ("avis", "Avis de la caisse"),
                    ("contrat", "Contrat"),
                    ("versement", "Versement"),
                    ("message", "Message"),
                    ("reprise", "Dossier repris"),
                ],
                max_length=16,
                verbose_name="objet",
            ),
        ),
    ]

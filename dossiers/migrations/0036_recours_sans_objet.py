from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0035_recours_en_attente"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recours",
            name="issue",
            field=models.CharField(
                blank=True,
                choices=[
                    ("rejete", "Rejeté"),
                    ("irrecevable", "Rejeté comme irrecevable"),
                    ("accepte", "Accepté"),
                    ("sans_objet", "Sans objet"),
                ],
                default="",
                max_length=12,
                verbose_name="issue",
            ),
        ),
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
                    ("suite_recours", "Tirer les conséquences d’un recours accepté"),
                    ("presentation_pli", "Enregistrer la présentation du pli recommandé"),
                ],
                max_length=24,
                verbose_name="type",
            ),
        ),
    ]

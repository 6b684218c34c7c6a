"""A task of the ARS: what it decides of two fundings that overlap (TRA-6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0037_visa_recours"),
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
                    ("suite_recours", "Tirer les conséquences d’un recours accepté"),
                    ("chevauchement", "Dire la suite donnée au chevauchement des financements"),
                    ("presentation_pli", "Enregistrer la présentation du pli recommandé"),
                ],
                max_length=24,
                verbose_name="type",
            ),
        ),
    ]

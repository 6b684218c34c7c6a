"""The caisse's task of a seed credit that one ESS received on two dossiers (FIN-13)."""

from django.db import migrations, models

# What is older has no words for it.
RETOUR = """
SELECT set_config('app.portee', 'systeme', true);
DELETE FROM dossiers_relance WHERE tache_id IN (SELECT id FROM dossiers_tache WHERE type = 'credit_unique');
DELETE FROM dossiers_tache WHERE type = 'credit_unique';
SELECT set_config('app.portee', '', true);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0050_dates_par_regle"),
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
                    ("observations", "Présenter vos observations"),
                    ("decider_recuperation", "Décider de la récupération"),
                    ("rembourser", "Rembourser la somme demandée"),
                    ("decider_resiliation", "Décider de la résiliation"),
                    ("deposer_rapport", "Déposer le rapport d’activité"),
                    ("credit_unique", "Examiner un crédit d’amorçage déjà reçu sur un autre dossier"),
                ],
                max_length=24,
                verbose_name="type",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, RETOUR),
    ]

"""A demand for an avenant has its date among the others (CAL-6, CAL-9)."""

from django.db import migrations, models

# What is older has no words for these dates.
RETOUR = """
SELECT set_config('app.portee', 'systeme', true);
DELETE FROM dossiers_relance WHERE echeance_id IN (SELECT id FROM dossiers_echeance WHERE objet = 'avenant');
DELETE FROM dossiers_echeance WHERE objet = 'avenant';
SELECT set_config('app.portee', '', true);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0039_taches_recuperation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="echeance",
            name="objet",
            field=models.CharField(
                choices=[
                    ("lettre", "Lettre d’intention"),
                    ("projet", "Projet de santé"),
                    ("dotation", "Dotation annuelle"),
                    ("avenant", "Demande d’avenant"),
                ],
                max_length=8,
                verbose_name="objet",
            ),
        ),
        migrations.AddIndex(
            model_name="echeance",
            index=models.Index(
                condition=models.Q(("regle__in", ("CAL-6-V", "CAL-6-VA")), ("statut__in", ("ouverte", "suspendue"))),
                fields=["dossier"],
                name="echeance_avenant",
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, RETOUR),
    ]

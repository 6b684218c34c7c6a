from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0034_recours")]

    operations = [
        migrations.AlterField(
            model_name="recours",
            name="contestation",
            field=models.CharField(
                choices=[
                    ("refus", "Refus"),
                    ("retrait", "Retrait d’une validation"),
                    ("classement", "Classement"),
                    ("cloture", "Clôture du dossier"),
                    ("resiliation", "Résiliation du contrat"),
                ],
                max_length=12,
                verbose_name="acte contesté",
            ),
        ),
        migrations.AddIndex(
            model_name="recours",
            index=models.Index(condition=models.Q(("issue", "")), fields=["dossier"], name="recours_en_attente"),
        ),
    ]

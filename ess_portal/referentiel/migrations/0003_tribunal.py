from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referentiel", "0002_motif_activation"),
    ]

    operations = [
        migrations.AddField(
            model_name="region",
            name="tribunal",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="Du siège de l’ARS : « Montpellier », « la Guadeloupe ».",
                max_length=60,
                verbose_name="tribunal administratif",
            ),
        ),
    ]

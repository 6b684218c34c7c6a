from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicateurs", "0003_appel")]

    operations = [
        migrations.AddField(
            model_name="rapport",
            name="objectifs",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Code de l’objectif → ce qui a été fait dans l’année.",
                verbose_name="objectifs (MIS-3)",
            ),
        ),
    ]

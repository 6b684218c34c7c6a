from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("financement", "0023_retours")]

    operations = [
        migrations.AddField(
            model_name="relevebancaire",
            name="deja_lues",
            field=models.JSONField(db_default=[], default=list, verbose_name="lignes déjà connues"),
        ),
    ]

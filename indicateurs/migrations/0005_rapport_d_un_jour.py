"""A contract that ends early the day after an anniversary leaves a year of one day (FIN-10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicateurs", "0004_rapport_objectifs")]

    operations = [
        migrations.RemoveConstraint(model_name="rapport", name="rapport_periode"),
        migrations.AddConstraint(
            model_name="rapport",
            constraint=models.CheckConstraint(
                condition=models.Q(annee__gte=1, fin__gte=models.F("debut")), name="rapport_periode"
            ),
        ),
    ]

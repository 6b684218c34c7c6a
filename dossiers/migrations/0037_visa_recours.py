import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0036_recours_sans_objet")]

    operations = [
        migrations.AddField(
            "preparation",
            "recours",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="preparations",
                to="dossiers.recours",
                verbose_name="recours gracieux",
            ),
        ),
        migrations.AddField(
            "preparation",
            "reponse",
            models.CharField(
                blank=True,
                choices=[
                    ("rejete", "Rejeté"),
                    ("irrecevable", "Rejeté comme irrecevable"),
                    ("accepte", "Accepté"),
                    ("sans_objet", "Sans objet"),
                ],
                default="",
                max_length=12,
                verbose_name="réponse préparée",
            ),
        ),
        migrations.RemoveConstraint("preparation", "preparation_unique"),
        migrations.AddConstraint(
            "preparation",
            models.UniqueConstraint(
                condition=Q(close_le__isnull=True, recours__isnull=True),
                fields=("dossier", "objet", "version"),
                name="preparation_unique",
                violation_error_message="Une décision est déjà préparée.",
            ),
        ),
        migrations.AddConstraint(
            "preparation",
            models.UniqueConstraint(
                condition=Q(close_le__isnull=True, recours__isnull=False),
                fields=("recours",),
                name="preparation_unique_recours",
                violation_error_message="Une réponse est déjà préparée.",
            ),
        ),
        migrations.AddConstraint(
            "preparation",
            models.CheckConstraint(
                condition=Q(recours__isnull=True, reponse="") | (Q(recours__isnull=False) & ~Q(reponse="")),
                name="preparation_reponse",
            ),
        ),
    ]

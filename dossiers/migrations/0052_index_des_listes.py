"""The day of a filing has its index, the last first; those who follow dossiers are counted in theirs alone, as row-level security reads it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0006_reglages_de_liste"),
        ("dossiers", "0051_tache_credit_unique"),
        ("referentiel", "0004_demandes_qui_existent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="dossier",
            name="dossier_suivi",
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                models.F("ars"),
                models.OrderBy(models.F("depose_le"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True, nulls_last=True),
                name="dossier_ars_depose",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("suivi_par__isnull", False)),
                fields=["suivi_par"],
                include=("ars", "caisse", "equipe", "lecteurs"),
                name="dossier_suivi",
            ),
        ),
    ]

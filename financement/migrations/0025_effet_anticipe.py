"""A dotation may be proposed with an effect before the end of the ARS's funding (TRA-6)."""

from django.conf import settings
from django.db import migrations, models

from ess_portal.socle.retour import SansRetour


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0011_avenants"),
        ("dossiers", "0038_tache_chevauchement"),
        ("financement", "0024_lignes_connues"),
        ("referentiel", "0003_tribunal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contrat",
            name="contrat_avenant",
        ),
        migrations.AddConstraint(
            model_name="contrat",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("effet_prevu__isnull", False),
                        ("modifie__isnull", False),
                        ("rang__gte", 1),
                        ("type", "avenant"),
                    ),
                    models.Q(
                        models.Q(("type", "avenant"), _negated=True),
                        ("modifie__isnull", True),
                        ("rang", 0),
                        models.Q(("type", "dotation"), ("effet_prevu__isnull", True), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="contrat_avenant",
            ),
        ),
        SansRetour(
            "dotations à l’effet anticipé", "financement_contrat WHERE type = 'dotation' AND effet_prevu IS NOT NULL"
        ),
    ]

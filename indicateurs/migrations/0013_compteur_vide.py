"""A counter typed by mistake may be emptied: a version without content."""

from django.conf import settings
from django.db import migrations, models

from ess_portal.socle.retour import SansRetour


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0046_rapport_proroge"),
        ("indicateurs", "0012_pieces_du_rapport"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="compteur",
            name="compteur_contenu",
        ),
        migrations.AddConstraint(
            model_name="compteur",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("indicateur__in", ("delai_rdv", "delai_tlx")), ("valeur__isnull", True)),
                    models.Q(
                        models.Q(("indicateur__in", ("delai_rdv", "delai_tlx")), _negated=True),
                        ("effectifs__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="compteur_contenu",
            ),
        ),
        SansRetour("compteurs vidés", "indicateurs_compteur WHERE valeur IS NULL AND effectifs IS NULL"),
    ]

"""No équipe asks for a prolongation or a renewal here: what silence would make of it is no setting (CAL-6)."""

from django.db import migrations

SANS = "UPDATE referentiel_jeuparametres SET valeurs = valeurs - 'regime_prolongation' - 'regime_renouvellement'"
# A national set was whole: it had both, at their default; a regional one that had set them is told them no more.
RETOUR = (
    'UPDATE referentiel_jeuparametres SET valeurs = valeurs || \'{"regime_prolongation": "rejet", "regime_renouvellement": "rejet"}\' '
    "WHERE region_id IS NULL"
)


class Migration(migrations.Migration):
    dependencies = [("referentiel", "0003_tribunal")]

    operations = [migrations.RunSQL(SANS, RETOUR)]

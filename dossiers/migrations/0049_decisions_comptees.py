"""What the dashboards count over a whole region: filings pass the portal on its first word, tacit decisions are counted in an index."""

from django.db import migrations, models

from ess_portal.comptes.rls import PORTEE

TABLE = "dossiers_depot"
DOSSIER = f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {TABLE}.dossier_id)"  # noqa: S608  names of migrations


def _unique(**options) -> migrations.AddConstraint:
    return migrations.AddConstraint(
        "decision",
        models.UniqueConstraint(
            fields=("dossier", "objet", "version"),
            condition=models.Q(retiree_le__isnull=True),
            name="decision_unique",
            violation_error_message="Une décision est déjà prise.",
            **options,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0048_lecteurs_des_textes")]

    operations = [
        migrations.RunSQL(
            f"ALTER POLICY lire ON {TABLE} USING ({PORTEE} = 'systeme' OR {DOSSIER})",
            f"ALTER POLICY lire ON {TABLE} USING ({DOSSIER})",
        ),
        migrations.RemoveConstraint("decision", "decision_unique"),
        _unique(include=("mode",)),
    ]

"""The searched words carry their readers, and the list's usual order has its index: a region's letters are read at once, its first page too."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import policies_colonnes, policies_enfant

TABLE = "dossiers_textedossier"
COPIER = f"""
SELECT set_config('app.portee', 'systeme', true);
UPDATE {TABLE} t SET equipe_id = d.equipe_id, ars_id = d.ars_id, caisse_id = d.caisse_id, lecteurs = d.lecteurs
FROM dossiers_dossier d WHERE d.id = t.dossier_id;
SELECT set_config('app.portee', '', true);
"""

# The order in which all of a region's dossiers are shown (`commandee` of dossiers/selectors.py): a projet late first, then by its date.
ORDRE = """
CREATE INDEX dossier_ars_commandee ON dossiers_dossier (ars_id, (
  CASE WHEN est_tardif AND statut IN ('lettre_validee', 'amorcage_signe') THEN '-infinity'::timestamptz
  WHEN statut IN ('lettre_deposee', 'projet_depose') THEN coalesce(bascule_le, prochaine_le) ELSE prochaine_le END), prochaine_le, id)
"""


def _organisation(nom: str, *, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="comptes.organisation",
        verbose_name=nom,
    )


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0047_denombrement")]

    operations = [
        migrations.AddField("textedossier", "equipe", _organisation("équipe", null=True)),
        migrations.AddField("textedossier", "ars", _organisation("ARS", null=True)),
        migrations.AddField("textedossier", "caisse", _organisation("caisse", null=True)),
        migrations.AddField(
            "textedossier",
            "lecteurs",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), blank=True, default=list, size=None, verbose_name="lecteurs"
            ),
        ),
        migrations.RunSQL(COPIER, migrations.RunSQL.noop),
        migrations.AlterField("textedossier", "equipe", _organisation("équipe", null=False)),
        migrations.AddIndex("textedossier", models.Index(fields=["ars"], name="texte_ars")),
        migrations.AddIndex("textedossier", models.Index(fields=["caisse"], name="texte_caisse")),
        migrations.RunSQL(policies_enfant(TABLE).reverse_sql, policies_enfant(TABLE).sql),
        policies_colonnes(TABLE),
        migrations.RunSQL(ORDRE, "DROP INDEX dossier_ars_commandee"),
    ]

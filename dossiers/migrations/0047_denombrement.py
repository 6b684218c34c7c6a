"""The numbers of dossiers of each ARS by state, written by the base at each statement that changes them."""

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import ORG, PORTEE

POLITIQUES = f"""
ALTER TABLE dossiers_denombrement ENABLE ROW LEVEL SECURITY;
ALTER TABLE dossiers_denombrement FORCE ROW LEVEL SECURITY;
CREATE POLICY lire ON dossiers_denombrement FOR SELECT USING (ars_id = (SELECT {ORG}) OR (SELECT {PORTEE}) = 'systeme');
CREATE POLICY inserer ON dossiers_denombrement FOR INSERT WITH CHECK ({PORTEE} = 'systeme');
CREATE POLICY modifier ON dossiers_denombrement FOR UPDATE USING ({PORTEE} = 'systeme') WITH CHECK ({PORTEE} = 'systeme');
CREATE POLICY supprimer ON dossiers_denombrement FOR DELETE USING ({PORTEE} = 'systeme');
"""

# A number for what is gone, another for what is there: rows of other transactions are never touched, so that nobody waits. A dossier that was
# filed is never deleted.
ECRIRE = """
CREATE FUNCTION dossiers_denombrer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE avant text := coalesce(current_setting('app.portee', true), '');
BEGIN
  PERFORM set_config('app.portee', 'systeme', true);
  IF TG_OP = 'INSERT' THEN
    INSERT INTO dossiers_denombrement (ars_id, statut, est_tardif, est_a_regulariser, nombre)
    SELECT ars_id, statut, est_tardif, est_a_regulariser, count(*) FROM nouvelles WHERE ars_id IS NOT NULL GROUP BY 1, 2, 3, 4;
  ELSE
    INSERT INTO dossiers_denombrement (ars_id, statut, est_tardif, est_a_regulariser, nombre)
    SELECT ars_id, statut, est_tardif, est_a_regulariser, sum(n) FROM (
      SELECT ars_id, statut, est_tardif, est_a_regulariser, 1 AS n FROM nouvelles
      UNION ALL SELECT ars_id, statut, est_tardif, est_a_regulariser, -1 FROM anciennes) x
    WHERE ars_id IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0;
  END IF;
  PERFORM set_config('app.portee', avant, true);
  RETURN NULL;
END $$;
CREATE TRIGGER denombrer_entrees AFTER INSERT ON dossiers_dossier REFERENCING NEW TABLE AS nouvelles
  FOR EACH STATEMENT EXECUTE FUNCTION dossiers_denombrer();
CREATE TRIGGER denombrer_changements AFTER UPDATE ON dossiers_dossier REFERENCING OLD TABLE AS anciennes NEW TABLE AS nouvelles
  FOR EACH STATEMENT EXECUTE FUNCTION dossiers_denombrer();
"""
RETIRER = """
DROP TRIGGER denombrer_entrees ON dossiers_dossier;
DROP TRIGGER denombrer_changements ON dossiers_dossier;
DROP FUNCTION dossiers_denombrer();
"""
# The owner sees no dossier without saying that it is the portal.
REMPLIR = """
SELECT set_config('app.portee', 'systeme', true);
INSERT INTO dossiers_denombrement (ars_id, statut, est_tardif, est_a_regulariser, nombre)
SELECT ars_id, statut, est_tardif, est_a_regulariser, count(*) FROM dossiers_dossier WHERE ars_id IS NOT NULL GROUP BY 1, 2, 3, 4;
SELECT set_config('app.portee', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0046_rapport_proroge")]

    operations = [
        migrations.CreateModel(
            name="Denombrement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statut", models.CharField(max_length=32, verbose_name="état")),
                ("est_tardif", models.BooleanField(verbose_name="projet en retard")),
                ("est_a_regulariser", models.BooleanField(verbose_name="à régulariser")),
                ("nombre", models.IntegerField(verbose_name="nombre")),
                (
                    "ars",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="ARS",
                    ),
                ),
            ],
            options={
                "verbose_name": "dénombrement",
                "verbose_name_plural": "dénombrements",
                "indexes": [models.Index(fields=["ars"], name="denombrement_ars")],
            },
        ),
        migrations.RunSQL(ECRIRE, RETIRER),
        migrations.RunSQL(POLITIQUES, migrations.RunSQL.noop),
        migrations.RunSQL(REMPLIR, migrations.RunSQL.noop),
        migrations.RemoveIndex("dossier", "dossier_ars_bascule"),
        migrations.AddIndex(
            "dossier",
            models.Index(
                fields=["ars", "bascule_le"],
                include=("statut", "est_tardif", "est_a_regulariser", "caisse", "equipe", "lecteurs"),
                name="dossier_ars_bascule",
            ),
        ),
    ]

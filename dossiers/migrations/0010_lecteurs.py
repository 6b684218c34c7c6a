"""Who else reads a dossier, by pairs written by the base itself; and the reading policies in their cheaper words."""

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import ORG, PORTEE, policies_enfant, relire

ECRIRE = """
CREATE FUNCTION dossiers_inscrire_lecteurs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.lecteurs = OLD.lecteurs THEN
      RETURN NULL;
    END IF;
    DELETE FROM dossiers_lecteur WHERE dossier_id = NEW.id;
  END IF;
  INSERT INTO dossiers_lecteur (dossier_id, organisation_id) SELECT DISTINCT NEW.id, o FROM unnest(NEW.lecteurs) o;
  RETURN NULL;
END $$;
CREATE TRIGGER inscrire_lecteurs AFTER INSERT OR UPDATE OF lecteurs ON dossiers_dossier
FOR EACH ROW EXECUTE FUNCTION dossiers_inscrire_lecteurs();
"""
# The owner sees no dossier without saying that it is the portal.
REMPLIR = """
SELECT set_config('app.portee', 'systeme', true);
INSERT INTO dossiers_lecteur (dossier_id, organisation_id) SELECT DISTINCT d.id, o FROM dossiers_dossier d, unnest(d.lecteurs) o;
SELECT set_config('app.portee', '', true);
"""
# An organisation's own pairs are read without a look at each dossier.
LIRE = f"""
ALTER POLICY lire ON dossiers_lecteur USING (organisation_id = (SELECT {ORG})
  OR EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = dossiers_lecteur.dossier_id AND {PORTEE} IN ('', 'systeme')));
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0009_regles_du_portail")]

    operations = [
        relire("dossiers_dossier"),
        relire("dossiers_echeance"),
        relire("dossiers_tache"),
        migrations.CreateModel(
            name="Lecteur",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.IntegerField(verbose_name="organisation")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "lecteur",
                "constraints": [models.UniqueConstraint(fields=("organisation_id", "dossier"), name="lecteur_unique")],
            },
        ),
        migrations.RunSQL(
            ECRIRE,
            "DROP TRIGGER inscrire_lecteurs ON dossiers_dossier; DROP FUNCTION dossiers_inscrire_lecteurs();",
        ),
        migrations.RunSQL(REMPLIR, migrations.RunSQL.noop),
        policies_enfant("dossiers_lecteur"),
        migrations.RunSQL(LIRE, migrations.RunSQL.noop),
    ]

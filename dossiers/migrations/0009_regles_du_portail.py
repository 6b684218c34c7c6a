"""The portal itself passes each policy on its first word, and the state's guard runs when the state moves: same rows, same refusals.

`OR` stops at the first true term; asked last, the portal's own scan looked each child's dossier up before it passed.
"""

from django.db import migrations

from ess_portal.comptes.rls import PORTEE

ENFANTS = (
    "dossiers_activitemission",
    "dossiers_avis",
    "dossiers_couverture",
    "dossiers_decision",
    "dossiers_derogation",
)


def _politiques(enfant: str, portail_d_abord: bool) -> str:
    dossier = f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {enfant}.dossier_id)"  # noqa: S608  names of migrations
    if portail_d_abord:
        lit = f"({PORTEE} = 'systeme' OR {dossier})"
        ecrit = f"({PORTEE} = 'systeme' OR ({PORTEE} = '' AND {dossier}))"
    else:
        lit, ecrit = dossier, f"({dossier} AND {PORTEE} IN ('', 'systeme'))"
    return f"""
ALTER POLICY lire ON {enfant} USING ({lit});
ALTER POLICY inserer ON {enfant} WITH CHECK ({ecrit});
ALTER POLICY modifier ON {enfant} USING ({lit}) WITH CHECK ({ecrit});
ALTER POLICY supprimer ON {enfant} USING ({ecrit});
"""


GARDE = """
DROP TRIGGER cycle ON dossiers_dossier;
CREATE TRIGGER cycle BEFORE INSERT ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_cycle();
CREATE TRIGGER cycle_suite BEFORE UPDATE ON dossiers_dossier FOR EACH ROW
  WHEN (OLD.statut IS DISTINCT FROM NEW.statut OR OLD.equipe_id IS DISTINCT FROM NEW.equipe_id OR OLD.numero IS DISTINCT FROM NEW.numero)
  EXECUTE FUNCTION dossiers_cycle();
"""
RETOUR = """
DROP TRIGGER cycle_suite ON dossiers_dossier;
DROP TRIGGER cycle ON dossiers_dossier;
CREATE TRIGGER cycle BEFORE INSERT OR UPDATE ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_cycle();
"""

# The scan reads the task's last day from the row, where the portal writes it from the parameters; rows written before had a month.
LIMITES = """
SELECT set_config('app.portee', 'systeme', true);
UPDATE dossiers_echeance SET suite = jsonb_build_array(jsonb_build_object('a_faire_au_plus_tard', (dernier_jour + interval '1 month')::date))
WHERE regle = 'DL-5' AND suite = '[]' AND dernier_jour IS NOT NULL;
SELECT set_config('app.portee', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0008_index_lus")]

    operations = [
        *(migrations.RunSQL(_politiques(e, True), _politiques(e, False)) for e in ENFANTS),
        migrations.RunSQL(GARDE, RETOUR),
        migrations.RunSQL(LIMITES, migrations.RunSQL.noop),
    ]

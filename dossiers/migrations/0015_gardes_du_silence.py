"""The guard of the state lets the three moves of silence pass by their names; every other move is looked up, as before."""

from django.db import migrations

AUTOMATIQUES = (
    ("lettre_deposee", "lettre_validee"),
    ("projet_depose", "projet_valide"),
    ("dotation_active", "clos"),
)
_PAIRES = " OR ".join(f"OLD.statut = '{de}' AND NEW.statut = '{vers}'" for de, vers in AUTOMATIQUES)
GARDE = f"""
DROP TRIGGER cycle_suite ON dossiers_dossier;
CREATE TRIGGER cycle_suite BEFORE UPDATE ON dossiers_dossier FOR EACH ROW
  WHEN (OLD.statut IS DISTINCT FROM NEW.statut AND NOT ({_PAIRES}) OR OLD.equipe_id IS DISTINCT FROM NEW.equipe_id OR OLD.numero IS DISTINCT FROM NEW.numero)
  EXECUTE FUNCTION dossiers_cycle();
"""
GARDE_AVANT = """
DROP TRIGGER cycle_suite ON dossiers_dossier;
CREATE TRIGGER cycle_suite BEFORE UPDATE ON dossiers_dossier FOR EACH ROW
  WHEN (OLD.statut IS DISTINCT FROM NEW.statut OR OLD.equipe_id IS DISTINCT FROM NEW.equipe_id OR OLD.numero IS DISTINCT FROM NEW.numero)
  EXECUTE FUNCTION dossiers_cycle();
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0014_delai_accorde")]

    operations = [migrations.RunSQL(GARDE, GARDE_AVANT)]

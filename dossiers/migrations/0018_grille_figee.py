"""A decision's grid is frozen, by the base too: silence's, written without one, receives it once."""

from django.db import migrations, models

FIGER = """
CREATE FUNCTION dossiers_grille_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'grille_figee', MESSAGE = 'La grille d’une décision est figée.';
END $$;
CREATE TRIGGER grille_figee BEFORE UPDATE ON dossiers_decision FOR EACH ROW
  WHEN (OLD.grille IS DISTINCT FROM NEW.grille AND NOT (OLD.mode = 'tacite' AND OLD.grille = '[]'::jsonb))
  EXECUTE FUNCTION dossiers_grille_figee();
"""
DEFIGER = "DROP TRIGGER grille_figee ON dossiers_decision; DROP FUNCTION dossiers_grille_figee();"


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0016_gouvernance_mission_strategie")]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                fields=["id"], condition=models.Q(("grille", []), ("mode", "tacite")), name="decision_sans_grille"
            ),
        ),
        migrations.RunSQL(FIGER, DEFIGER),
    ]

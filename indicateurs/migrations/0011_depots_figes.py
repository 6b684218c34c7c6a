"""What was filed stays as it was: a report's version never changes, a monthly counter only gives way to the next one."""

from django.db import migrations

FIGES = """
CREATE FUNCTION version_rapport_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.deposee_par_id IS NULL AND to_jsonb(NEW) - 'deposee_par_id' = to_jsonb(OLD) - 'deposee_par_id' THEN
    RETURN NEW;  -- the person goes, what was filed stays (RET-1)
  END IF;
  RAISE EXCEPTION 'un rapport déposé ne change plus : la correction est la version suivante' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON indicateurs_versionrapport FOR EACH ROW EXECUTE FUNCTION version_rapport_figee();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON indicateurs_versionrapport FOR EACH STATEMENT EXECUTE FUNCTION version_rapport_figee();

CREATE FUNCTION compteur_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.est_courant = OLD.est_courant OR NOT NEW.est_courant)
    AND (NEW.enregistre_par_id IS NULL OR NEW.enregistre_par_id = OLD.enregistre_par_id)
    AND to_jsonb(NEW) - 'est_courant' - 'enregistre_par_id' = to_jsonb(OLD) - 'est_courant' - 'enregistre_par_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'un compteur reçu ne change plus : la correction est la version suivante' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON indicateurs_compteur FOR EACH ROW EXECUTE FUNCTION compteur_fige();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON indicateurs_compteur FOR EACH STATEMENT EXECUTE FUNCTION compteur_fige();
"""
RETRAIT = """
DROP TRIGGER fige ON indicateurs_compteur; DROP TRIGGER fige_tout ON indicateurs_compteur; DROP FUNCTION compteur_fige();
DROP TRIGGER fige ON indicateurs_versionrapport; DROP TRIGGER fige_tout ON indicateurs_versionrapport; DROP FUNCTION version_rapport_figee();
"""


class Migration(migrations.Migration):
    dependencies = [("indicateurs", "0010_reprise_des_groupees")]

    operations = [migrations.RunSQL(FIGES, RETRAIT)]

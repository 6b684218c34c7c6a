"""Tenancy and guards of the versions: added and closed, never rewritten; always saying what the adhésion's own row says."""

from django.db import migrations

from ess_portal.comptes.rls import PORTEE, policies_enfant

GARDES = f"""
CREATE FUNCTION adhesions_version_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.connu_jusqua IS NOT NULL OR NEW.connu_jusqua IS NULL
        OR (NEW.id, NEW.dossier_id, NEW.adhesion_id, NEW.valide_du, NEW.valide_au, NEW.specialite_id, NEW.mode, NEW.departements, NEW.connu_du, NEW.acte_id)
        IS DISTINCT FROM
        (OLD.id, OLD.dossier_id, OLD.adhesion_id, OLD.valide_du, OLD.valide_au, OLD.specialite_id, OLD.mode, OLD.departements, OLD.connu_du, OLD.acte_id)
    THEN
        RAISE EXCEPTION 'une version d’adhésion se remplace par une autre, elle ne se réécrit pas' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER figee BEFORE UPDATE OR DELETE ON adhesions_versionadhesion FOR EACH ROW EXECUTE FUNCTION adhesions_version_figee();
CREATE TRIGGER figee_toute BEFORE TRUNCATE ON adhesions_versionadhesion FOR EACH STATEMENT EXECUTE FUNCTION adhesions_version_figee();

-- Only the person goes (RET-1): the free words of a reason, by the portal itself.
CREATE FUNCTION adhesions_acte_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR {PORTEE} IS DISTINCT FROM 'systeme' OR NEW.motif <> ''
        OR (NEW.id, NEW.dossier_id, NEW.adhesion_id, NEW.type, NEW.enregistre_le, NEW.auteur_id, NEW.auteur_nom, NEW.champs, NEW.evenement_id)
        IS DISTINCT FROM
        (OLD.id, OLD.dossier_id, OLD.adhesion_id, OLD.type, OLD.enregistre_le, OLD.auteur_id, OLD.auteur_nom, OLD.champs, OLD.evenement_id)
    THEN
        RAISE EXCEPTION 'un acte enregistré sur une adhésion ne se réécrit pas' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON adhesions_acteadhesion FOR EACH ROW EXECUTE FUNCTION adhesions_acte_fige();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON adhesions_acteadhesion FOR EACH STATEMENT EXECUTE FUNCTION adhesions_acte_fige();
REVOKE DELETE, TRUNCATE ON adhesions_versionadhesion, adhesions_acteadhesion FROM ess_app;

-- At the commit, whoever wrote: the open versions run without gap from the signature to the exit, and the last one is the row.
-- The tenant may already be closed by then: the function reads as the portal, and only tells whether the two agree.
CREATE FUNCTION adhesions_concorde() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    numero bigint := CASE TG_TABLE_NAME WHEN 'adhesions_adhesion' THEN (to_jsonb(NEW) ->> 'id')::bigint ELSE (to_jsonb(NEW) ->> 'adhesion_id')::bigint END;
    portee text := coalesce({PORTEE}, '');
    ligne adhesions_adhesion;
    vu record;
BEGIN
    PERFORM set_config('app.portee', 'systeme', true);
    SELECT * INTO ligne FROM adhesions_adhesion WHERE id = numero;
    SELECT count(*) AS nombre, min(valide_du) AS du, max(coalesce(valide_au, 'infinity'::date)) AS au,
        count(*) FILTER (WHERE precedente IS NOT NULL AND precedente <> valide_du - 1) AS trous,
        bool_or(derniere AND (specialite_id, mode) = (ligne.specialite_id, ligne.mode)
            AND departements::text[] = ligne.departements::text[]) AS pareille
    INTO vu FROM (
        SELECT v.*, lag(valide_au) OVER w AS precedente, lead(id) OVER w IS NULL AS derniere
        FROM adhesions_versionadhesion v WHERE adhesion_id = numero AND connu_jusqua IS NULL
        WINDOW w AS (ORDER BY valide_du)) x;
    PERFORM set_config('app.portee', portee, true);
    IF (ligne.signee_le IS NULL AND vu.nombre > 0) OR (ligne.signee_le IS NOT NULL AND (vu.nombre = 0 OR vu.trous > 0 OR NOT vu.pareille
        OR (vu.du, vu.au) IS DISTINCT FROM (ligne.signee_le, coalesce(ligne.sortie_le, 'infinity'::date)))) THEN
        RAISE EXCEPTION 'les versions de l’adhésion % ne disent pas ce que dit sa ligne', numero USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER concorde AFTER INSERT OR UPDATE OF etat, signee_le, sortie_le, specialite_id, mode, departements
    ON adhesions_adhesion DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION adhesions_concorde();
CREATE CONSTRAINT TRIGGER concorde AFTER INSERT OR UPDATE ON adhesions_versionadhesion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION adhesions_concorde();
"""
SANS_GARDES = """
DROP TRIGGER concorde ON adhesions_versionadhesion;
DROP TRIGGER concorde ON adhesions_adhesion;
DROP FUNCTION adhesions_concorde();
DROP TRIGGER fige_tout ON adhesions_acteadhesion;
DROP TRIGGER fige ON adhesions_acteadhesion;
DROP FUNCTION adhesions_acte_fige();
DROP TRIGGER figee_toute ON adhesions_versionadhesion;
DROP TRIGGER figee ON adhesions_versionadhesion;
DROP FUNCTION adhesions_version_figee();
GRANT DELETE ON adhesions_versionadhesion, adhesions_acteadhesion TO ess_app;
"""
# Adhésions signed before: one version each, known since it was entered or signed.
REPRENDRE = """
SELECT set_config('app.portee', 'systeme', true);
INSERT INTO adhesions_acteadhesion (dossier_id, adhesion_id, type, enregistre_le, auteur_id, auteur_nom, motif, champs)
SELECT dossier_id, id, 'reprise', coalesce(signature_le, saisie_le), NULL, 'Le portail', '', '{}'
FROM adhesions_adhesion WHERE signee_le IS NOT NULL;
INSERT INTO adhesions_versionadhesion (dossier_id, adhesion_id, valide_du, valide_au, specialite_id, mode, departements, connu_du, acte_id)
SELECT a.dossier_id, a.id, a.signee_le, a.sortie_le, a.specialite_id, a.mode, a.departements, c.enregistre_le, c.id
FROM adhesions_adhesion a JOIN adhesions_acteadhesion c ON c.adhesion_id = a.id WHERE a.signee_le IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT set_config('app.portee', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("adhesions", "0004_versions"), ("dossiers", "0001_initial")]

    operations = [
        policies_enfant("adhesions_acteadhesion"),
        policies_enfant("adhesions_versionadhesion"),
        migrations.RunSQL(REPRENDRE, migrations.RunSQL.noop),
        migrations.RunSQL(GARDES, SANS_GARDES),
    ]

"""What the base itself refuses, whoever writes: a credit over its ceiling, a signed text or a payment that changes, a lost proof."""

from django.db import migrations

# The lock is per dossier and held to the end of the transaction: two concurrent payments are summed one after the other.
PLAFOND = """
CREATE FUNCTION financement_plafond() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    credit numeric;
    transitoire numeric;
BEGIN
    IF NEW.statut = 'annule' OR NEW.nature = 'dotation' THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(77, NEW.dossier_id::int);
    SELECT coalesce(sum(montant), 0), coalesce(sum(montant) FILTER (WHERE nature = 'transitoire'), 0)
      INTO credit, transitoire
      FROM financement_versement
     WHERE dossier_id = NEW.dossier_id AND nature <> 'dotation' AND statut <> 'annule' AND id <> NEW.id;
    IF credit + NEW.montant > 80000 THEN
        RAISE EXCEPTION 'le crédit d''amorçage du dossier dépasserait 80 000 euros' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'versement_credit_plafond', TABLE = 'financement_versement';
    END IF;
    IF NEW.nature = 'transitoire' AND transitoire + NEW.montant > 24000 THEN
        RAISE EXCEPTION 'le crédit transitoire du dossier dépasserait 24 000 euros' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'versement_transitoire_plafond', TABLE = 'financement_versement';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER versement_plafond BEFORE INSERT OR UPDATE ON financement_versement
    FOR EACH ROW EXECUTE FUNCTION financement_plafond();
"""
PLAFOND_RETRAIT = "DROP TRIGGER versement_plafond ON financement_versement; DROP FUNCTION financement_plafond();"

VERSEMENT = """
CREATE FUNCTION financement_versement_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un versement s''annule, il ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.dossier_id, NEW.contrat_id, NEW.nature, NEW.annee, NEW.montant, NEW.numero, NEW.propose_le)
        IS DISTINCT FROM (OLD.dossier_id, OLD.contrat_id, OLD.nature, OLD.annee, OLD.montant, OLD.numero, OLD.propose_le)
        OR (OLD.statut IN ('paye', 'annule') AND (NEW.statut, NEW.compte_id, NEW.valide_par_id, NEW.paye_le)
            IS DISTINCT FROM (OLD.statut, OLD.compte_id, OLD.valide_par_id, OLD.paye_le)) THEN
        RAISE EXCEPTION 'un versement proposé garde son objet et son montant, un versement payé ou annulé ne change plus'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER versement_fige BEFORE UPDATE OR DELETE ON financement_versement
    FOR EACH ROW EXECUTE FUNCTION financement_versement_fige();
"""
VERSEMENT_RETRAIT = "DROP TRIGGER versement_fige ON financement_versement; DROP FUNCTION financement_versement_fige();"

CONTRAT = """
CREATE FUNCTION financement_contrat_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un contrat ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.dossier_id, NEW.type, NEW.version, NEW.montant, NEW.contenu, NEW.empreinte, NEW.propose_le)
        IS DISTINCT FROM (OLD.dossier_id, OLD.type, OLD.version, OLD.montant, OLD.contenu, OLD.empreinte, OLD.propose_le) THEN
        RAISE EXCEPTION 'le texte d''un contrat proposé ne change plus : une modification est une nouvelle version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contrat_fige BEFORE UPDATE OR DELETE ON financement_contrat
    FOR EACH ROW EXECUTE FUNCTION financement_contrat_fige();
"""
CONTRAT_RETRAIT = "DROP TRIGGER contrat_fige ON financement_contrat; DROP FUNCTION financement_contrat_fige();"

# A signature is a proof: given once on the fingerprint of its contract, never changed nor removed.
SIGNATURE = """
CREATE FUNCTION financement_signature_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'une signature ne se modifie pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM financement_contrat c
        WHERE c.id = NEW.contrat_id AND c.dossier_id = NEW.dossier_id AND c.empreinte = NEW.empreinte AND c.statut IN ('propose', 'signe')) THEN
        RAISE EXCEPTION 'une signature porte sur le texte de son contrat' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_figee BEFORE INSERT OR UPDATE OR DELETE ON financement_signature
    FOR EACH ROW EXECUTE FUNCTION financement_signature_figee();
"""
SIGNATURE_RETRAIT = (
    "DROP TRIGGER signature_figee ON financement_signature; DROP FUNCTION financement_signature_figee();"
)


class Migration(migrations.Migration):
    dependencies = [("financement", "0002_rls")]

    operations = [
        migrations.RunSQL(PLAFOND, PLAFOND_RETRAIT),
        migrations.RunSQL(VERSEMENT, VERSEMENT_RETRAIT),
        migrations.RunSQL(CONTRAT, CONTRAT_RETRAIT),
        migrations.RunSQL(SIGNATURE, SIGNATURE_RETRAIT),
    ]

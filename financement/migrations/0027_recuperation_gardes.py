"""Row-level security of the recoveries, and what the base itself refuses: an illegal jump, a decision rewritten, more asked or counted
than what was paid."""

from django.db import migrations

from ess_portal.comptes.rls import policies_colonnes, policies_enfant
from ess_portal.socle.retour import SansRetour

ENFANTS = (
    "financement_observationrecuperation",
    "financement_termerecuperation",
    "financement_mouvementrecuperation",
    "financement_procedureresiliation",
)
PAIRES = "('contradictoire', 'a_rembourser'), ('contradictoire', 'sans_suite'), ('a_rembourser', 'soldee')"

# What the caisse asks back is never more than what it paid on the dossier: summed one after the other, under the lock of the payments.
RECUPERATION = f"""
CREATE FUNCTION financement_recuperation_garde() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    demande numeric;
    verse numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'une récupération ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.statut <> OLD.statut AND (OLD.statut, NEW.statut) NOT IN ({PAIRES}) THEN
            RAISE EXCEPTION 'une récupération ne passe pas de % à %', OLD.statut, NEW.statut USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF (NEW.dossier_id, NEW.numero, NEW.origine, NEW.creancier, NEW.fondement, NEW.motif, NEW.assiette, NEW.montant_propose, NEW.calcul,
            NEW.presentee_le, NEW.observations_jusquau, NEW.ouverte_par_id)
          IS DISTINCT FROM (OLD.dossier_id, OLD.numero, OLD.origine, OLD.creancier, OLD.fondement, OLD.motif, OLD.assiette, OLD.montant_propose,
            OLD.calcul, OLD.presentee_le, OLD.observations_jusquau, OLD.ouverte_par_id)
          OR (OLD.decidee_le IS NOT NULL AND (NEW.montant, NEW.motivation, NEW.payer_jusquau, NEW.decidee_par_id, NEW.decidee_le)
          IS DISTINCT FROM (OLD.montant, OLD.motivation, OLD.payer_jusquau, OLD.decidee_par_id, OLD.decidee_le)) THEN
            RAISE EXCEPTION 'ce qui a été notifié ou décidé ne change plus' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.creancier = 'caisse' AND NEW.statut <> 'sans_suite' THEN
        PERFORM pg_advisory_xact_lock(77, NEW.dossier_id::int);
        SELECT coalesce(sum(coalesce(montant, 0)), 0) INTO demande FROM financement_recuperation
         WHERE dossier_id = NEW.dossier_id AND creancier = 'caisse' AND statut <> 'sans_suite' AND id <> NEW.id;
        SELECT coalesce(sum(montant), 0) INTO verse FROM financement_versement WHERE dossier_id = NEW.dossier_id AND statut = 'paye';
        IF demande + coalesce(NEW.montant, 0) > verse THEN
            RAISE EXCEPTION 'on ne récupère pas plus que ce qui a été versé' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'recuperation_verse', TABLE = 'financement_recuperation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recuperation_garde BEFORE INSERT OR UPDATE OR DELETE ON financement_recuperation
    FOR EACH ROW EXECUTE FUNCTION financement_recuperation_garde();
"""
RECUPERATION_RETRAIT = (
    "DROP TRIGGER recuperation_garde ON financement_recuperation; DROP FUNCTION financement_recuperation_garde();"
)

# Repayments and write-offs, confirmed or waiting, never go beyond what was decided; only their confirmation may change.
MOUVEMENT = """
CREATE FUNCTION financement_mouvement_garde() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decide numeric;
    autres numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un mouvement s''annule, il ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.recuperation_id, NEW.dossier_id, NEW.nature, NEW.montant, NEW.jour, NEW.reference, NEW.motif, NEW.propose_par_id)
        IS DISTINCT FROM (OLD.recuperation_id, OLD.dossier_id, OLD.nature, OLD.montant, OLD.jour, OLD.reference, OLD.motif, OLD.propose_par_id)
        OR (OLD.statut <> 'propose' AND NEW.statut <> OLD.statut)) THEN
        RAISE EXCEPTION 'un mouvement saisi garde son objet, un mouvement confirmé ou annulé ne change plus'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.statut <> 'annule' THEN
        SELECT montant INTO decide FROM financement_recuperation
         WHERE id = NEW.recuperation_id AND dossier_id = NEW.dossier_id AND statut IN ('a_rembourser', 'soldee') FOR UPDATE;
        SELECT coalesce(sum(montant), 0) INTO autres FROM financement_mouvementrecuperation
         WHERE recuperation_id = NEW.recuperation_id AND statut <> 'annule' AND id <> NEW.id;
        IF decide IS NULL OR autres + NEW.montant > decide THEN
            RAISE EXCEPTION 'les remboursements dépasseraient la somme demandée' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'mouvement_recup_plafond', TABLE = 'financement_mouvementrecuperation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mouvement_garde BEFORE INSERT OR UPDATE OR DELETE ON financement_mouvementrecuperation
    FOR EACH ROW EXECUTE FUNCTION financement_mouvement_garde();
"""
MOUVEMENT_RETRAIT = (
    "DROP TRIGGER mouvement_garde ON financement_mouvementrecuperation; DROP FUNCTION financement_mouvement_garde();"
)

# What the équipe answered, and the instalments of a plan, are kept as they were.
FIGE = """
CREATE FUNCTION financement_recuperation_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'les observations et les échéances d''une récupération ne changent pas' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER observation_figee BEFORE UPDATE OR DELETE ON financement_observationrecuperation
    FOR EACH ROW EXECUTE FUNCTION financement_recuperation_trace();
CREATE TRIGGER terme_fige BEFORE UPDATE OR DELETE ON financement_termerecuperation
    FOR EACH ROW EXECUTE FUNCTION financement_recuperation_trace();
"""
FIGE_RETRAIT = """
DROP TRIGGER observation_figee ON financement_observationrecuperation;
DROP TRIGGER terme_fige ON financement_termerecuperation;
DROP FUNCTION financement_recuperation_trace();
"""

RESILIATION = """
CREATE FUNCTION financement_resiliation_garde() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'une procédure de résiliation ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.dossier_id, NEW.partie, NEW.organisation_id, NEW.manquements, NEW.presentee_le, NEW.observations_jusquau)
        IS DISTINCT FROM (OLD.dossier_id, OLD.partie, OLD.organisation_id, OLD.manquements, OLD.presentee_le, OLD.observations_jusquau)
        OR (OLD.observations_le IS NOT NULL AND (NEW.observations, NEW.observations_le) IS DISTINCT FROM (OLD.observations, OLD.observations_le))
        OR (OLD.issue <> '' AND NEW.issue <> OLD.issue) THEN
        RAISE EXCEPTION 'ce qui a été notifié ou répondu ne change plus' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resiliation_garde BEFORE UPDATE OR DELETE ON financement_procedureresiliation
    FOR EACH ROW EXECUTE FUNCTION financement_resiliation_garde();
"""
RESILIATION_RETRAIT = (
    "DROP TRIGGER resiliation_garde ON financement_procedureresiliation; DROP FUNCTION financement_resiliation_garde();"
)


class Migration(migrations.Migration):
    dependencies = [("financement", "0026_recuperation")]

    operations = [
        *(policies_enfant(table) for table in ENFANTS),
        policies_colonnes("financement_recuperation"),
        migrations.RunSQL(RECUPERATION, RECUPERATION_RETRAIT),
        migrations.RunSQL(MOUVEMENT, MOUVEMENT_RETRAIT),
        migrations.RunSQL(FIGE, FIGE_RETRAIT),
        migrations.RunSQL(RESILIATION, RESILIATION_RETRAIT),
        SansRetour("récupérations", "financement_recuperation"),
        SansRetour("procédures de résiliation", "financement_procedureresiliation"),
    ]

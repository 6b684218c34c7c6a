"""A payment that the bank gave back is to be paid again: only once its entry is counter-posted; one standing debit pays one payment."""

from django.db import migrations, models

from ess_portal.socle.retour import SansRetour

# As in 0003, but for the return.
VERSEMENT = """
CREATE OR REPLACE FUNCTION financement_versement_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un versement s''annule, il ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    {retour}
    IF (NEW.dossier_id, NEW.contrat_id, NEW.nature, NEW.annee, NEW.montant, NEW.numero, NEW.propose_le)
        IS DISTINCT FROM (OLD.dossier_id, OLD.contrat_id, OLD.nature, OLD.annee, OLD.montant, OLD.numero, OLD.propose_le)
        OR (OLD.statut IN ('paye', 'annule') AND (NEW.statut, NEW.compte_id, NEW.valide_par_id, NEW.paye_le)
            IS DISTINCT FROM (OLD.statut, OLD.compte_id, OLD.valide_par_id, OLD.paye_le)) THEN
        RAISE EXCEPTION 'un versement proposé garde son objet et son montant, un versement payé ou annulé ne change plus'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
RETOUR = """
    IF OLD.statut = 'paye' AND NEW.statut = 'valide' AND NEW.paye_le IS NULL
        AND (to_jsonb(NEW) - ARRAY['statut', 'paye_le', 'paye_par_id', 'reference'])
            = (to_jsonb(OLD) - ARRAY['statut', 'paye_le', 'paye_par_id', 'reference'])
        AND EXISTS (SELECT 1 FROM financement_ecriture e WHERE e.dossier_id = NEW.dossier_id AND e.source_type = 'versement'
            AND e.source_id = NEW.id AND e.type = 'versement')
        AND NOT EXISTS (SELECT 1 FROM financement_ecriture e WHERE e.dossier_id = NEW.dossier_id AND e.source_type = 'versement'
            AND e.source_id = NEW.id AND e.type = 'versement'
            AND NOT EXISTS (SELECT 1 FROM financement_ecriture c WHERE c.contrepasse_id = e.id)) THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("financement", "0022_demande_avenant")]

    operations = [
        migrations.AddField(
            model_name="mouvementbancaire",
            name="est_rendu",
            field=models.BooleanField(db_default=False, default=False, verbose_name="rendu"),
        ),
        migrations.RemoveConstraint(model_name="mouvementbancaire", name="mouvement_un_versement"),
        migrations.AddConstraint(
            model_name="mouvementbancaire",
            constraint=models.UniqueConstraint(
                condition=models.Q(("est_ecarte", False), ("est_rendu", False), ("versement__isnull", False)),
                fields=("versement",),
                name="mouvement_un_versement",
            ),
        ),
        migrations.RunSQL(VERSEMENT.format(retour=RETOUR), VERSEMENT.format(retour="")),
        SansRetour("virements rendus par la banque", "financement_mouvementbancaire WHERE est_rendu"),
    ]

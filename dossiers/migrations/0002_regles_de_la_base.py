"""What the database itself refuses: rows of other tenants, illegal jumps of state, a filed fact rewritten."""

from django.db import migrations

from ess_portal.comptes.rls import PORTEE, policies_colonnes, policies_enfant

PAIRES = (
    ("amorcage_signe", "clos"),
    ("amorcage_signe", "lettre_refusee"),
    ("amorcage_signe", "projet_depose"),
    ("amorcage_signe", "resilie"),
    ("brouillon", "clos"),
    ("brouillon", "lettre_deposee"),
    ("dotation_active", "clos"),
    ("dotation_active", "projet_refuse"),
    ("dotation_active", "resilie"),
    ("finess_attribue", "clos"),
    ("finess_attribue", "dotation_active"),
    ("finess_attribue", "projet_refuse"),
    ("finess_attribue", "resilie"),
    ("lettre_deposee", "clos"),
    ("lettre_deposee", "lettre_incomplete"),
    ("lettre_deposee", "lettre_refusee"),
    ("lettre_deposee", "lettre_validee"),
    ("lettre_deposee", "resilie"),
    ("lettre_incomplete", "clos"),
    ("lettre_incomplete", "lettre_deposee"),
    ("lettre_incomplete", "lettre_refusee"),
    ("lettre_incomplete", "resilie"),
    ("lettre_refusee", "lettre_deposee"),
    ("lettre_validee", "amorcage_signe"),
    ("lettre_validee", "clos"),
    ("lettre_validee", "lettre_refusee"),
    ("lettre_validee", "projet_depose"),
    ("lettre_validee", "resilie"),
    ("projet_depose", "clos"),
    ("projet_depose", "projet_incomplet"),
    ("projet_depose", "projet_refuse"),
    ("projet_depose", "projet_valide"),
    ("projet_depose", "resilie"),
    ("projet_incomplet", "clos"),
    ("projet_incomplet", "projet_depose"),
    ("projet_incomplet", "projet_refuse"),
    ("projet_incomplet", "resilie"),
    ("projet_refuse", "clos"),
    ("projet_refuse", "projet_depose"),
    ("projet_refuse", "resilie"),
    ("projet_valide", "clos"),
    ("projet_valide", "finess_attribue"),
    ("projet_valide", "projet_refuse"),
    ("projet_valide", "resilie"),
)

CYCLE = """
CREATE FUNCTION dossiers_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.statut <> 'brouillon' AND NEW.origine <> 'reprise' THEN
      RAISE EXCEPTION 'un dossier commence par un brouillon' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.equipe_id <> OLD.equipe_id OR NEW.numero <> OLD.numero THEN
    RAISE EXCEPTION 'un dossier garde son équipe et son numéro' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.statut <> OLD.statut AND NOT EXISTS (
      SELECT 1 FROM dossiers_transitionpermise t WHERE t.source = OLD.statut AND t.cible = NEW.statut) THEN
    RAISE EXCEPTION 'transition interdite : % vers %', OLD.statut, NEW.statut USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cycle BEFORE INSERT OR UPDATE ON dossiers_dossier FOR EACH ROW EXECUTE FUNCTION dossiers_cycle();

CREATE FUNCTION dossiers_depot_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'un dépôt est un fait : il ne se réécrit pas' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE ON dossiers_depot FOR EACH ROW EXECUTE FUNCTION dossiers_depot_fige();
"""

# The private thread does not exist for the équipe, in the database too.
FIL = f"""
DROP POLICY lire ON dossiers_message;
CREATE POLICY lire ON dossiers_message FOR SELECT USING (EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = dossier_id
  AND (fil = 'partage' OR {PORTEE} IN ('systeme', 'nationale') OR d.equipe_id <> NULLIF(current_setting('app.organisation', true), '')::int)));
"""

ENFANTS = (
    "dossiers_lettreintention",
    "dossiers_projetsante",
    "dossiers_association",
    "dossiers_depot",
    "dossiers_demandepieces",
    "dossiers_avis",
    "dossiers_jugement",
    "dossiers_decision",
    "dossiers_derogation",
    "dossiers_relance",
    "dossiers_activitemission",
    "dossiers_message",
)


def remplir(apps, schema_editor):
    modele = apps.get_model("dossiers", "TransitionPermise")
    modele.objects.bulk_create(modele(source=s, cible=c) for s, c in PAIRES)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial"), ("comptes", "0001_initial")]

    operations = [
        migrations.RunPython(remplir, migrations.RunPython.noop),
        migrations.RunSQL(
            CYCLE,
            "DROP TRIGGER cycle ON dossiers_dossier; DROP FUNCTION dossiers_cycle(); DROP TRIGGER fige ON dossiers_depot; DROP FUNCTION dossiers_depot_fige();",
        ),
        policies_colonnes("dossiers_dossier"),
        policies_colonnes("dossiers_echeance"),
        policies_colonnes("dossiers_tache"),
        *(policies_enfant(table) for table in ENFANTS),
        migrations.RunSQL(FIL, migrations.RunSQL.noop),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON dossiers_transitionpermise FROM ess_app", migrations.RunSQL.noop
        ),
    ]

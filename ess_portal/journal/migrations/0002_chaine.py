"""The journal is append-only and chained: each event carries the hash of the one before it in its flux."""

from django.db import migrations

from ess_portal.comptes.rls import ORG, PORTEE, _poser, _retirer

# The instant is hashed as an epoch: the text of a timestamptz changes with the session's zone.
CHAINE = """
CREATE FUNCTION journal_empreinte(e journal_evenement) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', e.precedent, e.flux, e.seq, e.dossier_id, e.organisation_id, e.type, e.acteur_id, e.acteur_nom,
    e.role, extract(epoch FROM e.legal_le), extract(epoch FROM e.enregistre_le), e.donnees), 'UTF8')), 'hex')
$$;
CREATE FUNCTION journal_chainer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE dernier record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.flux, 0));
  SELECT seq, empreinte INTO dernier FROM journal_evenement WHERE flux = NEW.flux ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(dernier.seq, 0) + 1;
  NEW.precedent := coalesce(dernier.empreinte, '');
  NEW.empreinte := journal_empreinte(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER chainer BEFORE INSERT ON journal_evenement FOR EACH ROW EXECUTE FUNCTION journal_chainer();
CREATE FUNCTION journal_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'le journal ne se réécrit pas' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON journal_evenement FOR EACH ROW EXECUTE FUNCTION journal_fige();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON journal_evenement FOR EACH STATEMENT EXECUTE FUNCTION journal_fige();
REVOKE UPDATE, DELETE, TRUNCATE ON journal_evenement FROM ess_app;
"""
DECHAINER = """
DROP TRIGGER chainer ON journal_evenement; DROP TRIGGER fige ON journal_evenement; DROP TRIGGER fige_tout ON journal_evenement;
DROP FUNCTION journal_chainer(); DROP FUNCTION journal_fige(); DROP FUNCTION journal_empreinte(journal_evenement);
"""

DOSSIER = "EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = dossier_id)"
VOIT = f"({PORTEE} = 'systeme' OR CASE WHEN dossier_id IS NULL THEN {PORTEE} = 'nationale' OR organisation_id = {ORG} ELSE {DOSSIER} END)"
# An administrator leaves a trace of its own acts (organisation events), never on a dossier.
ECRIT = f"({PORTEE} = 'systeme' OR (dossier_id IS NULL AND {PORTEE} IS NOT NULL AND {PORTEE} <> '') OR ({PORTEE} = '' AND {VOIT}))"
BOITE = f"{PORTEE} IN ('systeme', 'nationale', 'lecture')"


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("dossiers", "0002_regles_de_la_base")]

    operations = [
        migrations.RunSQL(CHAINE, DECHAINER),
        migrations.RunSQL(_poser("journal_evenement", VOIT, ECRIT), _retirer("journal_evenement")),
        migrations.RunSQL(_poser("journal_envoi", VOIT, ECRIT), _retirer("journal_envoi")),
        migrations.RunSQL(_poser("journal_courriel", BOITE, f"{PORTEE} = 'systeme'"), _retirer("journal_courriel")),
    ]

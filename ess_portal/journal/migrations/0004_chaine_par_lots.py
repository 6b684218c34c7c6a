"""Who writes many events at once gives their rank and hash himself; the base checks each one against the one before it.

An event without rank (0) is chained row by row, as ever. Whoever wrote it, the end of the statement looks at every new event: the
rank follows, the hash before is the one that stands there, its own is the one of its content. Two of the same rank: never.
"""

from django.db import migrations

MAILLON = """
CREATE FUNCTION journal_maillon(precedent text, flux text, seq integer, dossier_id bigint, organisation_id integer, type text, acteur_id integer,
  acteur_nom text, role text, legal_le timestamptz, enregistre_le timestamptz, donnees jsonb) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', precedent, flux, seq, dossier_id, organisation_id, type, acteur_id, acteur_nom, role,
    extract(epoch FROM legal_le), extract(epoch FROM enregistre_le), donnees), 'UTF8')), 'hex')
$$;
CREATE FUNCTION journal_tenir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM nouveaux n LEFT JOIN journal_evenement p ON p.flux = n.flux AND p.seq = n.seq - 1
      WHERE n.precedent <> coalesce(p.empreinte, '') OR (p.id IS NULL AND n.seq <> 1)
        OR n.empreinte <> journal_maillon(n.precedent, n.flux, n.seq, n.dossier_id, n.organisation_id, n.type, n.acteur_id, n.acteur_nom, n.role,
          n.legal_le, n.enregistre_le, n.donnees)) THEN
    RAISE EXCEPTION 'un événement ne suit pas celui qui le précède' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tenir AFTER INSERT ON journal_evenement REFERENCING NEW TABLE AS nouveaux FOR EACH STATEMENT EXECUTE FUNCTION journal_tenir();
DROP TRIGGER chainer ON journal_evenement;
CREATE TRIGGER chainer BEFORE INSERT ON journal_evenement FOR EACH ROW WHEN (NEW.seq = 0) EXECUTE FUNCTION journal_chainer();
"""
RETOUR = """
DROP TRIGGER chainer ON journal_evenement;
CREATE TRIGGER chainer BEFORE INSERT ON journal_evenement FOR EACH ROW EXECUTE FUNCTION journal_chainer();
DROP TRIGGER tenir ON journal_evenement;
DROP FUNCTION journal_tenir();
DROP FUNCTION journal_maillon(text, text, integer, bigint, integer, text, integer, text, text, timestamptz, timestamptz, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_index_lus")]

    operations = [migrations.RunSQL(MAILLON, RETOUR)]

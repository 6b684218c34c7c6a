"""What the base itself holds of the ledger, whoever writes: chain, balance, ceilings, nothing rewritten."""

from django.db import migrations

from ess_portal.comptes.rls import policies_colonnes, policies_enfant

# As the journal: the instant is hashed as an epoch, the columns that say who reads are left out.
CHAINE = """
CREATE FUNCTION livre_empreinte(e financement_ecriture) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(convert_to(concat_ws('|', e.precedent, e.dossier_id, e.seq, e.type, e.financeur, e.poste, e.annee, e.montant,
    e.date_comptable - DATE '2000-01-01', extract(epoch FROM e.inscrit_le), e.acteur_id, e.acteur_nom, e.source_type, e.source_id, e.cle,
    e.libelle, coalesce(e.contrepasse_id, 0), e.detail), 'UTF8')), 'hex')
$$;
CREATE FUNCTION livre_chainer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE dernier record;
BEGIN
  PERFORM pg_advisory_xact_lock(78, NEW.dossier_id::int);
  SELECT seq, empreinte INTO dernier FROM financement_ecriture WHERE dossier_id = NEW.dossier_id ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(dernier.seq, 0) + 1;
  NEW.precedent := coalesce(dernier.empreinte, '');
  NEW.empreinte := livre_empreinte(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER chainer BEFORE INSERT ON financement_ecriture FOR EACH ROW EXECUTE FUNCTION livre_chainer();
"""
CHAINE_RETRAIT = """
DROP TRIGGER chainer ON financement_ecriture; DROP FUNCTION livre_chainer(); DROP FUNCTION livre_empreinte(financement_ecriture);
"""

FIGE = """
CREATE FUNCTION livre_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'financement_ecriture' THEN
    IF to_jsonb(NEW) - ARRAY['ars_id', 'caisse_id', 'lecteurs'] = to_jsonb(OLD) - ARRAY['ars_id', 'caisse_id', 'lecteurs'] THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'le livre ne se réécrit pas : une écriture se corrige par une contre-passation' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON financement_ecriture FOR EACH ROW EXECUTE FUNCTION livre_fige();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON financement_ecriture FOR EACH STATEMENT EXECUTE FUNCTION livre_fige();
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON financement_ligneecriture FOR EACH ROW EXECUTE FUNCTION livre_fige();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON financement_ligneecriture FOR EACH STATEMENT EXECUTE FUNCTION livre_fige();
REVOKE DELETE, TRUNCATE ON financement_ecriture FROM ess_app;
REVOKE UPDATE, DELETE, TRUNCATE ON financement_ligneecriture FROM ess_app;
"""
FIGE_RETRAIT = """
DROP TRIGGER fige ON financement_ecriture; DROP TRIGGER fige_tout ON financement_ecriture;
DROP TRIGGER fige ON financement_ligneecriture; DROP TRIGGER fige_tout ON financement_ligneecriture; DROP FUNCTION livre_fige();
"""

# Balances are read, never kept: `security_invoker`, so that the reader's policies apply.
VUE = """
CREATE VIEW financement_soldes WITH (security_invoker = true) AS
SELECT e.dossier_id, e.financeur, e.poste, e.annee, l.compte,
  sum(CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END)::numeric(12, 2) AS solde
FROM financement_ecriture e JOIN financement_ligneecriture l ON l.ecriture_id = e.id
GROUP BY e.dossier_id, e.financeur, e.poste, e.annee, l.compte;
"""
VUE_RETRAIT = "DROP VIEW financement_soldes;"

# Deferred: an entry and its lines are judged together. The lock of `livre_chainer` is held to the end of the transaction, so that two
# writers of a dossier are judged one after the other.
CONTROLE = """
CREATE FUNCTION livre_refuser(nom text, texte text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', texte USING ERRCODE = 'check_violation', CONSTRAINT = nom, TABLE = 'financement_ecriture';
END $$;
CREATE FUNCTION livre_juger(ecriture bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE e financement_ecriture; lu record; origine record; s record; p record;
BEGIN
  SELECT * INTO e FROM financement_ecriture WHERE id = ecriture;
  SELECT string_agg(l.sens || ' ' || l.compte || ' ' || l.montant, '; ' ORDER BY l.rang) AS texte, bool_and(l.dossier_id = e.dossier_id) AS siennes,
      sum(l.montant) FILTER (WHERE l.sens = 'D') AS debit, sum(l.montant) FILTER (WHERE l.sens = 'C') AS credit
    INTO lu FROM financement_ligneecriture l WHERE l.ecriture_id = ecriture;
  IF lu.debit IS NULL OR lu.debit IS DISTINCT FROM lu.credit OR lu.debit <> e.montant THEN
    PERFORM livre_refuser('ecriture_equilibre', 'les débits et les crédits d''une écriture sont égaux');
  END IF;
  IF lu.texte <> e.detail OR NOT lu.siennes THEN
    PERFORM livre_refuser('ecriture_lignes', 'une écriture garde les lignes qu''elle annonce');
  END IF;
  IF e.contrepasse_id IS NOT NULL THEN
    SELECT * INTO origine FROM financement_ecriture WHERE id = e.contrepasse_id;
    IF origine.type = 'contrepassation'
      OR (origine.dossier_id, origine.financeur, origine.poste, origine.annee, origine.montant, origine.source_type, origine.source_id, translate(origine.detail, 'DC', 'CD'))
        IS DISTINCT FROM (e.dossier_id, e.financeur, e.poste, e.annee, e.montant, e.source_type, e.source_id, e.detail) THEN
      PERFORM livre_refuser('ecriture_contrepassee', 'une contre-passation inverse une écriture du même dossier');
    END IF;
  END IF;
  IF EXISTS (SELECT 1 FROM financement_soldes v WHERE v.dossier_id = e.dossier_id AND v.compte <> '800' AND v.solde < 0) THEN
    PERFORM livre_refuser('ecriture_solde', 'un compte du livre ne descend pas sous zéro');
  END IF;
  SELECT coalesce(-sum(solde) FILTER (WHERE poste IN ('amorcage', 'transitoire')), 0) AS credit,
      coalesce(-sum(solde) FILTER (WHERE poste = 'transitoire'), 0) AS transitoire,
      coalesce(-min(solde) FILTER (WHERE poste = 'dotation'), 0) AS annee
    INTO s FROM financement_soldes v WHERE v.dossier_id = e.dossier_id AND v.compte = '800';
  IF s.credit > 80000 THEN
    PERFORM livre_refuser('ecriture_plafond_credit', 'le crédit d''amorçage du dossier dépasserait 80 000 euros');
  ELSIF s.transitoire > 24000 THEN
    PERFORM livre_refuser('ecriture_plafond_transitoire', 'le crédit transitoire du dossier dépasserait 24 000 euros');
  ELSIF s.annee > 100000 THEN
    PERFORM livre_refuser('ecriture_plafond_annee', 'la dotation d''une année dépasserait 100 000 euros');
  END IF;
  IF e.source_type = 'versement' THEN
    SELECT coalesce(sum(x.m) FILTER (WHERE x.compte = '802'), 0) AS liquide, coalesce(sum(x.m) FILTER (WHERE x.compte = '803'), 0) AS ordonne,
        coalesce(sum(x.m) FILTER (WHERE x.compte IN ('802', '803', '804')), 0) AS total
      INTO p FROM (SELECT l.compte, CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END AS m FROM financement_ecriture o
        JOIN financement_ligneecriture l ON l.ecriture_id = o.id
        WHERE o.dossier_id = e.dossier_id AND o.source_type = 'versement' AND o.source_id = e.source_id AND o.type <> 'trop_percu') x;
    IF p.liquide < 0 OR p.ordonne < 0
      OR p.total > (SELECT montant FROM financement_versement WHERE id = e.source_id AND dossier_id = e.dossier_id) THEN
      PERFORM livre_refuser('ecriture_versement', 'un versement n''est liquidé, ordonné et payé qu''une fois');
    END IF;
  END IF;
END $$;
CREATE FUNCTION livre_controler_ecriture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM livre_juger(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION livre_controler_ligne() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM livre_juger(NEW.ecriture_id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER livre_ecriture AFTER INSERT ON financement_ecriture DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION livre_controler_ecriture();
CREATE CONSTRAINT TRIGGER livre_ligne AFTER INSERT ON financement_ligneecriture DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION livre_controler_ligne();
"""
CONTROLE_RETRAIT = """
DROP TRIGGER livre_ecriture ON financement_ecriture; DROP TRIGGER livre_ligne ON financement_ligneecriture;
DROP FUNCTION livre_controler_ecriture(); DROP FUNCTION livre_controler_ligne(); DROP FUNCTION livre_juger(bigint); DROP FUNCTION livre_refuser(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("financement", "0008_livre"), ("dossiers", "0001_initial")]

    operations = [
        policies_colonnes("financement_ecriture"),
        policies_enfant("financement_ligneecriture"),
        migrations.RunSQL(CHAINE, CHAINE_RETRAIT),
        migrations.RunSQL(FIGE, FIGE_RETRAIT),
        migrations.RunSQL(VUE, VUE_RETRAIT),
        migrations.RunSQL(CONTROLE, CONTROLE_RETRAIT),
    ]

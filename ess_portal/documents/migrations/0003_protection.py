"""Row-level security, and the trigger that freezes what was issued: a produced document never changes again."""

from django.db import migrations

from ess_portal.comptes.rls import policies_enfant

GEL = """
ALTER TABLE documents_document ALTER COLUMN octets SET STORAGE EXTERNAL;

CREATE FUNCTION documents_gel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat = 'produit' THEN
        RAISE EXCEPTION 'document % déjà émis : il ne se modifie ni ne se supprime, une correction est une nouvelle version', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.dossier_id, NEW.cle, NEW.type, NEW.version, NEW.donnees, NEW.gabarit, NEW.code_verification, NEW.cree_le, NEW.remplace_id)
        IS DISTINCT FROM
       (OLD.id, OLD.dossier_id, OLD.cle, OLD.type, OLD.version, OLD.donnees, OLD.gabarit, OLD.code_verification, OLD.cree_le, OLD.remplace_id)
    THEN
        RAISE EXCEPTION 'les données du document % sont figées depuis sa demande', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.etat = 'produit' AND NEW.empreinte IS DISTINCT FROM encode(sha256(NEW.octets), 'hex') THEN
        RAISE EXCEPTION 'l’empreinte du document % n’est pas celle de ses octets', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER documents_gel BEFORE UPDATE OR DELETE ON documents_document FOR EACH ROW EXECUTE FUNCTION documents_gel();

CREATE FUNCTION documents_lecture_gel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'une première lecture ne se modifie pas' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER documents_lecture_gel BEFORE UPDATE ON documents_lecture FOR EACH ROW EXECUTE FUNCTION documents_lecture_gel();

CREATE FUNCTION documents_piece_gel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.etat <> 'en_analyse' AND NEW.etat = 'sain' AND OLD.etat <> 'sain' THEN
        RAISE EXCEPTION 'la pièce % a été refusée : elle ne redevient pas saine', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.dossier_id, NEW.chemin, NEW.empreinte, NEW.taille, NEW.depose_le)
        IS DISTINCT FROM (OLD.id, OLD.dossier_id, OLD.chemin, OLD.empreinte, OLD.taille, OLD.depose_le)
    THEN
        RAISE EXCEPTION 'le contenu de la pièce % ne se remplace pas', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER documents_piece_gel BEFORE UPDATE ON documents_piece FOR EACH ROW EXECUTE FUNCTION documents_piece_gel();
"""

DEGEL = """
DROP TRIGGER documents_piece_gel ON documents_piece;
DROP FUNCTION documents_piece_gel();
DROP TRIGGER documents_lecture_gel ON documents_lecture;
DROP FUNCTION documents_lecture_gel();
DROP TRIGGER documents_gel ON documents_document;
DROP FUNCTION documents_gel();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_liens"), ("dossiers", "0001_initial")]

    operations = [
        migrations.RunSQL(GEL, DEGEL),
        policies_enfant("documents_piece"),
        policies_enfant("documents_document"),
        policies_enfant("documents_lecture"),
    ]

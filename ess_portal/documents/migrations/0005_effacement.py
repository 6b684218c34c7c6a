"""An issued document never changes, but it may go: by the portal, with its bytes and its data, its fingerprint staying (RET-1)."""

from django.db import migrations, models

from ess_portal.comptes.rls import PORTEE

CORPS = """
CREATE OR REPLACE FUNCTION documents_gel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{effacement}
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
"""
EFFACEMENT = f"""
    IF OLD.etat = 'efface' THEN
        RAISE EXCEPTION 'le document % est effacé : il ne revient pas', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.etat = 'efface' AND {PORTEE} = 'systeme' AND NEW.octets IS NULL AND NEW.donnees = '{{}}'::jsonb
        AND (NEW.id, NEW.dossier_id, NEW.cle, NEW.type, NEW.version, NEW.gabarit, NEW.code_verification, NEW.cree_le, NEW.remplace_id, NEW.empreinte, NEW.titre, NEW.produit_le)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.dossier_id, OLD.cle, OLD.type, OLD.version, OLD.gabarit, OLD.code_verification, OLD.cree_le, OLD.remplace_id, OLD.empreinte, OLD.titre, OLD.produit_le)
    THEN
        RETURN NEW;
    END IF;
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_certificat_adhesion")]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="etat",
            field=models.CharField(
                choices=[
                    ("a_produire", "En préparation"),
                    ("produit", "Disponible"),
                    ("echec", "Échec de la production"),
                    ("efface", "Effacé"),
                ],
                default="a_produire",
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.RunSQL(CORPS.replace("{effacement}", EFFACEMENT), CORPS.replace("{effacement}", "")),
    ]

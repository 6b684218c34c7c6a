"""Seals: what each adds to a document, frozen once put, and judged by the base against the bytes it stands on."""

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import PORTEE, policies_enfant

GEL = f"""
ALTER TABLE documents_sceau ALTER COLUMN suite SET STORAGE EXTERNAL;

CREATE FUNCTION documents_sceau_gel() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE avant bytea;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un cachet ne se supprime pas' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.etat <> 'a_apposer' THEN
            RAISE EXCEPTION 'un cachet se demande avant d’être apposé' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF {PORTEE} <> 'systeme' THEN
        RAISE EXCEPTION 'seul le portail appose un cachet' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.dossier_id, NEW.document_id, NEW.partie, NEW.organisation, NEW.acte_le)
        IS DISTINCT FROM (OLD.id, OLD.dossier_id, OLD.document_id, OLD.partie, OLD.organisation, OLD.acte_le)
    THEN
        RAISE EXCEPTION 'ce que le cachet % atteste est figé', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.etat = 'efface' AND NEW.suite IS NULL THEN
        RETURN NEW;
    END IF;
    IF OLD.etat IN ('appose', 'efface') OR (NEW.nom, NEW.qualite, NEW.mention) IS DISTINCT FROM (OLD.nom, OLD.qualite, OLD.mention) THEN
        RAISE EXCEPTION 'le cachet % est déjà apposé, ou ce qu’il atteste est figé', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.etat = 'appose' THEN
        SELECT d.octets || coalesce(
            (SELECT string_agg(s.suite, '' ORDER BY s.rang) FROM documents_sceau s WHERE s.document_id = d.id AND s.rang < NEW.rang), '')
        INTO avant FROM documents_document d WHERE d.id = NEW.document_id;
        IF encode(sha256(avant || NEW.suite), 'hex') IS DISTINCT FROM NEW.empreinte THEN
            RAISE EXCEPTION 'l’empreinte du cachet % n’est pas celle du document scellé', OLD.id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER documents_sceau_gel BEFORE INSERT OR UPDATE OR DELETE ON documents_sceau
FOR EACH ROW EXECUTE FUNCTION documents_sceau_gel();
"""

DEGEL = """
DROP TRIGGER documents_sceau_gel ON documents_sceau;
DROP FUNCTION documents_sceau_gel();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0007_accuse_recours"),
        ("dossiers", "0035_recours_en_attente"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sceau",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("partie", models.CharField(max_length=8, verbose_name="partie")),
                ("nom", models.CharField(max_length=200, verbose_name="signataire")),
                ("qualite", models.CharField(blank=True, max_length=200, verbose_name="qualité")),
                ("organisation", models.CharField(max_length=200, verbose_name="organisation")),
                ("mention", models.CharField(blank=True, max_length=200, verbose_name="mention")),
                ("acte_le", models.DateTimeField(verbose_name="signé le")),
                (
                    "etat",
                    models.CharField(
                        choices=[
                            ("a_apposer", "À apposer"),
                            ("appose", "Apposé"),
                            ("impossible", "Impossible"),
                            ("efface", "Effacé"),
                        ],
                        default="a_apposer",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("rang", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rang")),
                ("suite", models.BinaryField(blank=True, null=True, verbose_name="octets ajoutés")),
                ("empreinte", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("taille", models.PositiveIntegerField(blank=True, null=True, verbose_name="taille en octets")),
                ("scelle_le", models.DateTimeField(blank=True, null=True, verbose_name="scellé le")),
                ("niveau", models.CharField(blank=True, max_length=20, verbose_name="niveau")),
                ("certificat", models.CharField(blank=True, max_length=300, verbose_name="certificat")),
                (
                    "certificat_empreinte",
                    models.CharField(blank=True, max_length=64, verbose_name="empreinte du certificat"),
                ),
                ("erreur", models.CharField(blank=True, max_length=300, verbose_name="erreur")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sceaux",
                        to="documents.document",
                        verbose_name="document",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "cachet",
                "verbose_name_plural": "cachets",
                "ordering": ("document", "rang", "pk"),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(condition=models.Q(("etat", "a_apposer")), fields=["acte_le"], name="sceau_a_apposer"),
                    models.Index(fields=["empreinte"], name="sceau_empreinte"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "partie"), name="sceau_unique"),
                    models.UniqueConstraint(fields=("document", "rang"), name="sceau_rang_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("etat", "appose"), _negated=True),
                            models.Q(
                                ("rang__isnull", False),
                                ("scelle_le__isnull", False),
                                ("suite__isnull", False),
                                ("taille__gt", 0),
                                models.Q(("empreinte", ""), _negated=True),
                                models.Q(("certificat_empreinte", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sceau_complet",
                    ),
                ],
            },
        ),
        policies_enfant("documents_sceau"),
        migrations.RunSQL(GEL, DEGEL),
    ]

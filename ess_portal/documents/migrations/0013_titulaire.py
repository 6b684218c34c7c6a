"""A document may be an organisation's own: the synthesis of a campaign is about no dossier in particular."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import ORG, PORTEE
from ess_portal.socle.retour import SansRetour

TABLE = "documents_document"
GEL = import_module("ess_portal.documents.migrations.0005_effacement")
AVANT = GEL.CORPS.replace("{effacement}", GEL.EFFACEMENT)
# Whose it is never changes, like the rest.
APRES = AVANT.replace("NEW.dossier_id,", "NEW.dossier_id, NEW.organisation_id,").replace(
    "OLD.dossier_id,", "OLD.dossier_id, OLD.organisation_id,"
)

DU_DOSSIER = f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = {TABLE}.dossier_id)"  # noqa: S608  names of this migration
# Its people read it, and the nation as it reads dossiers; the portal alone writes it, since administrators ask for theirs.
DE_L_ORGANISATION = (
    f"({TABLE}.dossier_id IS NULL AND ({TABLE}.organisation_id = {ORG} OR {PORTEE} IN ('systeme', 'nationale')))"
)
DU_PORTAIL = f"({TABLE}.dossier_id IS NULL AND {PORTEE} = 'systeme')"
ECRIT = f"({DU_DOSSIER} AND {PORTEE} IN ('', 'systeme'))"


def politiques(lit: str, ecrit: str) -> str:
    return f"""
ALTER POLICY lire ON {TABLE} USING ({lit});
ALTER POLICY inserer ON {TABLE} WITH CHECK ({ecrit});
ALTER POLICY modifier ON {TABLE} USING ({lit}) WITH CHECK ({ecrit});
ALTER POLICY supprimer ON {TABLE} USING ({ecrit});
"""


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0001_initial"),
        ("documents", "0012_lettre_financiere"),
    ]

    operations = [
        # Not by AlterField, which checks the foreign key again (see 0002).
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} ALTER COLUMN dossier_id DROP NOT NULL",
            f"ALTER TABLE {TABLE} ALTER COLUMN dossier_id SET NOT NULL",
            state_operations=[
                migrations.AlterField(
                    model_name="document",
                    name="dossier",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                )
            ],
        ),
        migrations.AddField(
            model_name="document",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comptes.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("organisation", "cle", "version"),
                name="document_organisation_unique",
                violation_error_message="Ce document a déjà été demandé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dossier__isnull", False), ("organisation__isnull", True)),
                    models.Q(("dossier__isnull", True), ("organisation__isnull", False)),
                    _connector="OR",
                ),
                name="document_titulaire",
                violation_error_message="Un document est celui d’un dossier, ou celui d’une organisation.",
            ),
        ),
        migrations.RunSQL(APRES, AVANT),
        migrations.RunSQL(
            politiques(f"{DU_DOSSIER} OR {DE_L_ORGANISATION}", f"{ECRIT} OR {DU_PORTAIL}"),
            politiques(DU_DOSSIER, ECRIT),
        ),
        SansRetour("synthèses de campagne, qui ne sont d’aucun dossier", "documents_document WHERE dossier_id IS NULL"),
    ]

"""The dossier of each row, which the first migration cannot name yet. Taken back with rows in the tables, the links are kept aside and
put back by the way up: a column that nobody may leave empty could not be added again otherwise.
"""

import django.db.models.deletion
from django.db import migrations, models

LIES = {"document": "documents", "lecture": "+", "piece": "pieces"}
_GARDER = "INSERT INTO documents_lien_garde SELECT '{m}', id::text, dossier_id FROM documents_{m};"
_RENDRE = (
    "UPDATE documents_{m} x SET dossier_id = g.dossier_id FROM documents_lien_garde g "
    "WHERE g.modele = '{m}' AND g.cle = x.id::text;"
)
GARDER = (
    "CREATE TABLE documents_lien_garde (modele text, cle text, dossier_id bigint NOT NULL, PRIMARY KEY (modele, cle));"
    + "".join(_GARDER.format(m=m) for m in LIES)
)
RENDRE = (
    "DO $$ BEGIN IF to_regclass('documents_lien_garde') IS NOT NULL THEN "
    + "".join(_RENDRE.format(m=m) for m in LIES)
    + "DROP TABLE documents_lien_garde; END IF; END $$"
)


def lien(modele: str, *, vide: bool) -> models.ForeignKey:
    return models.ForeignKey(
        null=vide,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=LIES[modele],
        to="dossiers.dossier",
        verbose_name="dossier",
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("documents", "0001_initial"),
        ("dossiers", "0001_initial"),
    ]

    operations = [
        *(migrations.AddField(model_name=m, name="dossier", field=lien(m, vide=True)) for m in LIES),
        migrations.RunSQL(RENDRE, GARDER),
        # Not by AlterField, which checks the foreign key again: the rows of a base whose dossiers are under FORCE are not seen then.
        *(
            migrations.RunSQL(
                f"ALTER TABLE documents_{m} ALTER COLUMN dossier_id SET NOT NULL",
                f"ALTER TABLE documents_{m} ALTER COLUMN dossier_id DROP NOT NULL",
                state_operations=[migrations.AlterField(model_name=m, name="dossier", field=lien(m, vide=False))],
            )
            for m in LIES
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("dossier", "cle", "version"),
                name="document_cle_unique",
                violation_error_message="Ce document a déjà été demandé.",
            ),
        ),
        migrations.AddIndex(
            model_name="piece",
            index=models.Index(fields=["dossier", "objet"], name="documents_p_dossier_0ec7b2_idx"),
        ),
    ]

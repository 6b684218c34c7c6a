"""An avenant is a signed text beside the contract that it changes: the same circuit, the same seals, its own number."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from ess_portal.socle.retour import SansRetour

FIGE = """
CREATE OR REPLACE FUNCTION financement_contrat_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'un contrat ne s''efface pas' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF ({neufs})
        IS DISTINCT FROM ({anciens}) THEN
        RAISE EXCEPTION 'le texte d''un contrat proposé ne change plus : une modification est une nouvelle version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
AVANT = ("dossier_id", "type", "version", "montant", "contenu", "empreinte", "propose_le")
APRES = (*AVANT, "modifie_id", "rang", "effet_prevu")


def _fige(colonnes):
    return FIGE.format(neufs=", ".join(f"NEW.{c}" for c in colonnes), anciens=", ".join(f"OLD.{c}" for c in colonnes))


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_avenants"), ("financement", "0016_clausier")]

    operations = [
        migrations.AlterField(
            model_name="contrat",
            name="type",
            field=models.CharField(
                choices=[
                    ("amorcage", "Contrat de crédit d’amorçage"),
                    ("transitoire", "Contrat de crédit d’amorçage, mesures transitoires"),
                    ("dotation", "Contrat de dotation annuelle"),
                    ("avenant", "Avenant"),
                ],
                max_length=12,
                verbose_name="type",
            ),
        ),
        migrations.AddField(
            model_name="contrat",
            name="modifie",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="avenants",
                to="financement.contrat",
                verbose_name="contrat modifié",
            ),
        ),
        migrations.AddField(
            model_name="contrat",
            name="rang",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="numéro de l’avenant"),
        ),
        migrations.AddField(
            model_name="contrat",
            name="effet_prevu",
            field=models.DateField(blank=True, null=True, verbose_name="effet prévu"),
        ),
        migrations.RemoveConstraint(model_name="contrat", name="contrat_version_unique"),
        migrations.AddConstraint(
            model_name="contrat",
            constraint=models.UniqueConstraint(
                fields=("dossier", "type", "modifie", "rang", "version"),
                nulls_distinct=False,
                name="contrat_version_unique",
            ),
        ),
        migrations.RemoveConstraint(model_name="contrat", name="contrat_plafond"),
        migrations.AddConstraint(
            model_name="contrat",
            constraint=models.CheckConstraint(
                condition=Q(type="amorcage", montant__lte=80_000)
                | Q(type="transitoire", montant__lte=24_000)
                | Q(type__in=("dotation", "avenant"), montant__lte=100_000),
                name="contrat_plafond",
                violation_error_message="Le montant dépasse le plafond réglementaire.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contrat",
            constraint=models.CheckConstraint(
                condition=Q(type="avenant", modifie__isnull=False, rang__gte=1, effet_prevu__isnull=False)
                | (~Q(type="avenant") & Q(modifie__isnull=True, rang=0, effet_prevu__isnull=True)),
                name="contrat_avenant",
            ),
        ),
        migrations.RunSQL(_fige(APRES), _fige(AVANT)),
        SansRetour("avenants", "financement_contrat WHERE type = 'avenant'"),
    ]

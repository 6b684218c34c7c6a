"""The regularisation of a year of dotation is a payment of its own, out of the ceilings of the credits."""

from django.db import migrations, models

# As in 0003, but for the natures that are no credit.
PLAFOND = """
CREATE OR REPLACE FUNCTION financement_plafond() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    credit numeric;
    transitoire numeric;
BEGIN
    IF NEW.statut = 'annule' OR NEW.nature IN ({natures}) THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(77, NEW.dossier_id::int);
    SELECT coalesce(sum(montant), 0), coalesce(sum(montant) FILTER (WHERE nature = 'transitoire'), 0)
      INTO credit, transitoire
      FROM financement_versement
     WHERE dossier_id = NEW.dossier_id AND nature NOT IN ({natures}) AND statut <> 'annule' AND id <> NEW.id;
    IF credit + NEW.montant > 80000 THEN
        RAISE EXCEPTION 'le crédit d''amorçage du dossier dépasserait 80 000 euros' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'versement_credit_plafond', TABLE = 'financement_versement';
    END IF;
    IF NEW.nature = 'transitoire' AND transitoire + NEW.montant > 24000 THEN
        RAISE EXCEPTION 'le crédit transitoire du dossier dépasserait 24 000 euros' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'versement_transitoire_plafond', TABLE = 'financement_versement';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("financement", "0019_dotation_annuelle")]

    operations = [
        migrations.RunSQL(PLAFOND.format(natures="'dotation', 'regularisation'"), PLAFOND.format(natures="'dotation'")),
        migrations.RemoveConstraint(
            model_name="versement",
            name="versement_plafond",
        ),
        migrations.RemoveConstraint(
            model_name="versement",
            name="versement_annee",
        ),
        migrations.AlterField(
            model_name="versement",
            name="nature",
            field=models.CharField(
                choices=[
                    ("amorcage_1", "Crédit d’amorçage, premier versement"),
                    ("amorcage_2", "Crédit d’amorçage, solde"),
                    ("amorcage_unique", "Crédit d’amorçage, versement unique"),
                    ("transitoire", "Crédit transitoire"),
                    ("dotation", "Dotation annuelle"),
                    ("regularisation", "Dotation annuelle, régularisation"),
                ],
                max_length=16,
                verbose_name="nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="versement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("montant__lte", 80000), ("nature__in", ("amorcage_1", "amorcage_2", "amorcage_unique"))),
                    models.Q(("montant__lte", 24000), ("nature", "transitoire")),
                    models.Q(("montant__lte", 100000), ("nature__in", ("dotation", "regularisation"))),
                    _connector="OR",
                ),
                name="versement_plafond",
                violation_error_message="Le montant dépasse le plafond réglementaire.",
            ),
        ),
        migrations.AddConstraint(
            model_name="versement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("annee__gte", 1), ("nature__in", ("dotation", "regularisation"))),
                    models.Q(models.Q(("nature__in", ("dotation", "regularisation")), _negated=True), ("annee", 0)),
                    _connector="OR",
                ),
                name="versement_annee",
            ),
        ),
    ]

"""The caisse's yearly checks: written once, read by whoever reads the dossier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant
from ess_portal.socle.retour import SansRetour

FIGE = """
CREATE FUNCTION controle_fige() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'un contrôle inscrit ne change plus : la suite est un autre contrôle' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON financement_controleannuel FOR EACH ROW EXECUTE FUNCTION controle_fige();
REVOKE UPDATE, DELETE, TRUNCATE ON financement_controleannuel FROM ess_app;
"""
FIGE_RETRAIT = "DROP TRIGGER fige ON financement_controleannuel; DROP FUNCTION controle_fige();"


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0037_visa_recours"),
        ("financement", "0020_regularisation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ControleAnnuel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("annee", models.PositiveSmallIntegerField(verbose_name="année du contrat")),
                ("anniversaire", models.DateField(verbose_name="anniversaire")),
                ("fait_le", models.DateField(verbose_name="fait le")),
                ("effectif", models.PositiveIntegerField(verbose_name="médecins comptés à l’anniversaire")),
                ("sont_criteres_conformes", models.BooleanField(verbose_name="critères conformes")),
                ("est_composition_conforme", models.BooleanField(verbose_name="composition conforme")),
                ("observations", models.TextField(blank=True, verbose_name="observations")),
                ("inscrit_le", models.DateTimeField(verbose_name="inscrit le")),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="controles_annuels",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "fait_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="fait par",
                    ),
                ),
            ],
            options={
                "verbose_name": "contrôle annuel",
                "verbose_name_plural": "contrôles annuels",
                "ordering": ("dossier", "annee", "inscrit_le", "pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("annee__gte", 1)), name="controle_annee"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("est_composition_conforme", True), ("sont_criteres_conformes", True)),
                            models.Q(("observations", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="controle_motive",
                        violation_error_message="Un contrôle non conforme dit ce qui est à corriger.",
                    ),
                ],
            },
        ),
        policies_enfant("financement_controleannuel"),
        migrations.RunSQL(FIGE, FIGE_RETRAIT),
        SansRetour("contrôles annuels", "financement_controleannuel"),
    ]

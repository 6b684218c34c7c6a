"""The yearly statements of the dotation: appended only, read by whoever reads the dossier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant
from ess_portal.socle.retour import SansRetour

FIGE = """
CREATE FUNCTION dotation_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'un décompte établi ne change plus : la correction est la version suivante' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER fige BEFORE UPDATE OR DELETE ON financement_dotationannuelle FOR EACH ROW EXECUTE FUNCTION dotation_figee();
CREATE TRIGGER fige_tout BEFORE TRUNCATE ON financement_dotationannuelle FOR EACH STATEMENT EXECUTE FUNCTION dotation_figee();
REVOKE UPDATE, DELETE, TRUNCATE ON financement_dotationannuelle FROM ess_app;
"""
FIGE_RETRAIT = """
DROP TRIGGER fige ON financement_dotationannuelle; DROP TRIGGER fige_tout ON financement_dotationannuelle; DROP FUNCTION dotation_figee();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0036_recours_sans_objet"),
        ("financement", "0018_series"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DotationAnnuelle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("annee", models.PositiveSmallIntegerField(verbose_name="année du contrat")),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("debut", models.DateField(verbose_name="du")),
                ("fin", models.DateField(verbose_name="au")),
                ("effectif_moyen", models.DecimalField(decimal_places=6, max_digits=12, verbose_name="effectif moyen")),
                ("montant", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="montant dû")),
                ("avance", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="avance")),
                ("ecart", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="régularisation")),
                ("est_arbitre", models.BooleanField(default=False, verbose_name="arrêté par la caisse")),
                ("faits", models.JSONField(verbose_name="faits retenus")),
                ("resultat", models.JSONField(verbose_name="calcul")),
                ("empreinte", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("motif_version", models.TextField(blank=True, verbose_name="ce qui change")),
                ("etablie_le", models.DateTimeField(verbose_name="établi le")),
                (
                    "contrat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="financement.contrat",
                        verbose_name="contrat",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dotations_annuelles",
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                (
                    "etablie_par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="établi par",
                    ),
                ),
            ],
            options={
                "verbose_name": "décompte annuel de dotation",
                "verbose_name_plural": "décomptes annuels de dotation",
                "ordering": ("dossier", "annee", "version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dossier", "annee", "version"),
                        name="dotation_version_unique",
                        violation_error_message="Le décompte de cette année est déjà établi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("annee__gte", 1), ("fin__gte", models.F("debut")), ("version__gte", 1)),
                        name="dotation_periode",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("avance__gte", 0), ("montant__gte", 0), ("montant__lte", 100000)),
                        name="dotation_montant",
                        violation_error_message="La dotation d’une année est comprise entre 0 et 100 000 €.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version", 1), models.Q(("motif_version", ""), _negated=True), _connector="OR"
                        ),
                        name="dotation_version_motivee",
                        violation_error_message="Une nouvelle version dit ce qui change.",
                    ),
                ],
            },
        ),
        policies_enfant("financement_dotationannuelle"),
        migrations.RunSQL(FIGE, FIGE_RETRAIT),
        SansRetour("décomptes annuels de dotation", "financement_dotationannuelle"),
    ]

"""Delegations of signature, read by their own organisation alone; what a signatory had as power stands with the signature."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ess_portal.comptes.rls import policies_organisation


class Migration(migrations.Migration):
    dependencies = [
        ("comptes", "0005_absence_lue"),
        ("financement", "0013_compte_contacts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="signature",
            name="pouvoir",
            field=models.CharField(blank=True, db_default="", max_length=300, verbose_name="pouvoir"),
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("debut", models.DateField(verbose_name="premier jour")),
                ("fin", models.DateField(verbose_name="dernier jour")),
                ("reference", models.CharField(max_length=120, verbose_name="acte de délégation")),
                ("donnee_le", models.DateTimeField(verbose_name="donnée le")),
                ("revoquee_le", models.DateTimeField(blank=True, null=True, verbose_name="révoquée le")),
                (
                    "delegant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="délégant",
                    ),
                ),
                (
                    "delegataire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="délégataire",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "délégation de signature",
                "verbose_name_plural": "délégations de signature",
                "ordering": ("-debut", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fin__gte", models.F("debut"))),
                        name="delegation_dates",
                        violation_error_message="La délégation finit après avoir commencé.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delegant", models.F("delegataire")), _negated=True),
                        name="delegation_autre_personne",
                        violation_error_message="Une personne ne se délègue pas sa propre signature.",
                    ),
                ],
            },
        ),
        policies_organisation("financement_delegation"),
    ]

import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import ORG, PORTEE

SIENNE = f"(organisation_id = {ORG} AND {PORTEE} = '')"


class Migration(migrations.Migration):
    dependencies = [("indicateurs", "0002_rls"), ("comptes", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Appel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cle", models.CharField(max_length=200, verbose_name="clé")),
                ("empreinte", models.CharField(max_length=64, verbose_name="empreinte de la demande")),
                ("statut_http", models.PositiveSmallIntegerField(null=True, verbose_name="code HTTP")),
                (
                    "reponse",
                    models.TextField(
                        default="", help_text="JSON, tel qu’il a été donné la première fois.", verbose_name="réponse"
                    ),
                ),
                ("recu_le", models.DateTimeField(verbose_name="reçu le")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comptes.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "rattachement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comptes.rattachement",
                        verbose_name="rattachement",
                    ),
                ),
            ],
            options={
                "verbose_name": "appel de l’API",
                "verbose_name_plural": "appels de l’API",
                "constraints": [models.UniqueConstraint(fields=("rattachement", "cle"), name="appel_unique")],
            },
        ),
        migrations.RunSQL(
            f"""
            ALTER TABLE indicateurs_appel ENABLE ROW LEVEL SECURITY;
            ALTER TABLE indicateurs_appel FORCE ROW LEVEL SECURITY;
            CREATE POLICY sienne ON indicateurs_appel USING {SIENNE} WITH CHECK {SIENNE};
            """,
            """
            DROP POLICY sienne ON indicateurs_appel;
            ALTER TABLE indicateurs_appel NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE indicateurs_appel DISABLE ROW LEVEL SECURITY;
            """,
        ),
    ]

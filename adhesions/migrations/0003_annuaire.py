"""The national directory. Everybody reads it, only the portal writes it: no import, no act of a person, changes it otherwise."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

TABLES = ("annuaire_fiche", "annuaire_import", "annuaire_rejet")
RESERVER = """
CREATE FUNCTION annuaire_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('app.portee', true), '') <> 'systeme' THEN
    RAISE EXCEPTION 'l’annuaire ne s’écrit que par un import' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER reserve BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION annuaire_reserve();"
    for table in TABLES
)
OUVRIR = "\n".join(f"DROP TRIGGER reserve ON {table};" for table in TABLES) + "\nDROP FUNCTION annuaire_reserve();"


class Migration(migrations.Migration):
    dependencies = [
        ("adhesions", "0002_rls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportAnnuaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fichier", models.CharField(max_length=120, verbose_name="fichier")),
                ("extrait_le", models.DateTimeField(verbose_name="extrait le")),
                ("commence_le", models.DateTimeField(verbose_name="commencé le")),
                ("secondes", models.DecimalField(decimal_places=1, default=0, max_digits=8, verbose_name="durée")),
                ("lignes", models.PositiveIntegerField(default=0, verbose_name="lignes lues")),
                ("hors_champ", models.PositiveIntegerField(default=0, verbose_name="lignes hors champ")),
                ("rejetees", models.PositiveIntegerField(default=0, verbose_name="lignes rejetées")),
                ("personnes", models.PositiveIntegerField(default=0, verbose_name="personnes")),
                ("ajoutees", models.PositiveIntegerField(default=0, verbose_name="ajoutées")),
                ("modifiees", models.PositiveIntegerField(default=0, verbose_name="modifiées")),
                ("parties", models.PositiveIntegerField(default=0, verbose_name="absentes désormais")),
            ],
            options={
                "verbose_name": "import de l’annuaire",
                "verbose_name_plural": "imports de l’annuaire",
                "db_table": "annuaire_import",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Fiche",
            fields=[
                (
                    "rpps",
                    models.CharField(max_length=11, primary_key=True, serialize=False, verbose_name="numéro RPPS"),
                ),
                ("civilite", models.CharField(blank=True, max_length=4, verbose_name="civilité")),
                ("nom", models.CharField(max_length=120, verbose_name="nom")),
                ("prenom", models.CharField(blank=True, max_length=120, verbose_name="prénom")),
                ("profession", models.CharField(max_length=3, verbose_name="code de la profession")),
                (
                    "specialites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), default=list, size=None, verbose_name="spécialités"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("liberal", "Libéral"),
                            ("mixte", "Mixte\u00a0: libéral et salarié"),
                            ("hospitalier", "Hospitalier"),
                            ("salarie", "Salarié"),
                        ],
                        max_length=12,
                        verbose_name="mode d’exercice",
                    ),
                ),
                (
                    "departements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        default=list,
                        size=None,
                        verbose_name="départements d’exercice",
                    ),
                ),
                (
                    "departements_liberaux",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        default=list,
                        size=None,
                        verbose_name="départements d’exercice libéral",
                    ),
                ),
                ("lieux", models.JSONField(default=list, verbose_name="lieux d’exercice")),
                ("recherche", models.CharField(max_length=241, verbose_name="mots du nom")),
                (
                    "mots",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector("recherche", config="simple"),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                ("absente_le", models.DateField(blank=True, null=True, verbose_name="absente de l’annuaire depuis le")),
            ],
            options={
                "verbose_name": "fiche de l’annuaire",
                "verbose_name_plural": "fiches de l’annuaire",
                "db_table": "annuaire_fiche",
                "ordering": ("nom", "prenom", "rpps"),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(models.F("mots"), name="annuaire_fiche_mots"),
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("departements"), models.F("specialites"), name="annuaire_fiche_territoire"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rpps__regex", "^[0-9]{11}$")),
                        name="annuaire_fiche_rpps",
                        violation_error_message="Un numéro RPPS a onze chiffres.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RejetAnnuaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ligne", models.PositiveIntegerField(verbose_name="ligne")),
                (
                    "motif",
                    models.CharField(
                        choices=[
                            ("encodage", "Caractères illisibles"),
                            ("colonnes", "Nombre de colonnes"),
                            ("rpps", "Numéro RPPS faux"),
                            ("nom", "Nom absent"),
                            ("specialite", "Spécialité inconnue"),
                            ("mode", "Mode d’exercice inconnu"),
                            ("departement", "Département inconnu"),
                            ("doublon", "Ligne en double"),
                        ],
                        max_length=12,
                        verbose_name="motif",
                    ),
                ),
                ("precision", models.CharField(blank=True, max_length=160, verbose_name="précision")),
                (
                    "importation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejets",
                        to="adhesions.importannuaire",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne rejetée",
                "verbose_name_plural": "lignes rejetées",
                "db_table": "annuaire_rejet",
                "ordering": ("ligne",),
                "constraints": [models.UniqueConstraint(fields=("importation", "ligne"), name="annuaire_rejet_unique")],
            },
        ),
        migrations.RunSQL(RESERVER, OUVRIR),
    ]

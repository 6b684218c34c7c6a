"""The words of the letters, and the people and numbers of each dossier, where the search looks at them."""

import unicodedata

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from ess_portal.comptes.rls import policies_enfant

TEXTES = ("justification", "siege_adresse", "besoin", "cooperations", "gouvernance", "actions", "indicateur_qualitatif")
LOT = 500


def _mots(valeur):
    if isinstance(valeur, str):
        return [valeur]
    suite = valeur.values() if isinstance(valeur, dict) else valeur if isinstance(valeur, list) else ()
    return [m for v in suite for m in _mots(v)]


def _normaliser(texte):
    plat = unicodedata.normalize("NFKD", texte.lower())
    return " ".join("".join(c for c in plat if not unicodedata.combining(c)).split())


def indexer(apps, schema_editor):
    """As the services write it from now on; as the portal, which alone sees every dossier."""
    Dossier = apps.get_model("dossiers", "Dossier")
    Lettre = apps.get_model("dossiers", "LettreIntention")
    Association = apps.get_model("dossiers", "Association")
    dernier = 0
    with schema_editor.connection.cursor() as curseur:
        curseur.execute("SELECT set_config('app.portee', 'systeme', true)")
        while lot := list(Dossier.objects.filter(pk__gt=dernier).order_by("pk")[:LOT]):
            dernier = lot[-1].pk
            lettres = {x.dossier_id: x for x in Lettre.objects.filter(dossier__in=lot)}
            legales = {x.dossier_id: x for x in Association.objects.filter(dossier__in=lot)}
            for d in lot:
                lettre, a = lettres.get(d.pk), legales.get(d.pk)
                gens = _mots(lettre.porteurs) if lettre else []
                legal = [a.nom, a.rna, a.siren, a.finess, a.representant] if a else []
                d.recherche = _normaliser(" ".join((d.numero, d.nom, d.siege_commune, *gens, *legal)))
                if lettre is not None:
                    texte = _normaliser(" ".join(m for nom in TEXTES for m in _mots(getattr(lettre, nom))))
                    curseur.execute(
                        "INSERT INTO dossiers_textedossier (dossier_id, mots) VALUES (%s, to_tsvector('simple', %s::text))",
                        [d.pk, texte[:200_000]],
                    )
            Dossier.objects.bulk_update(lot, ["recherche"])


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0041_vues_de_liste")]

    operations = [
        migrations.CreateModel(
            name="TexteDossier",
            fields=[
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="texte_cherche",
                        serialize=False,
                        to="dossiers.dossier",
                        verbose_name="dossier",
                    ),
                ),
                ("mots", django.contrib.postgres.search.SearchVectorField(verbose_name="mots")),
            ],
            options={"verbose_name": "texte cherché", "verbose_name_plural": "textes cherchés"},
        ),
        policies_enfant("dossiers_textedossier"),
        migrations.RunPython(indexer, migrations.RunPython.noop),
    ]

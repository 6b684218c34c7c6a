"""The open dates of a region are found by their rule too, and the portal reads who else reads a dossier without a look at each one."""

from django.db import migrations, models

from ess_portal.comptes.rls import ORG, PORTEE

DOSSIER = f"EXISTS (SELECT 1 FROM dossiers_dossier d WHERE d.id = dossiers_lecteur.dossier_id AND {PORTEE} IN ('', 'systeme'))"
SIENNE = f"organisation_id = (SELECT {ORG})"


def _par_regle(colonne: str) -> tuple[migrations.RemoveIndex, migrations.AddIndex]:
    nom = f"echeance_{colonne}"
    index = models.Index(fields=(colonne, "instant", "regle"), condition=models.Q(statut="ouverte"), name=nom)
    return migrations.RemoveIndex("echeance", nom), migrations.AddIndex("echeance", index)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0049_decisions_comptees")]

    operations = [
        *_par_regle("ars"),
        *_par_regle("caisse"),
        migrations.RunSQL(
            f"ALTER POLICY lire ON dossiers_lecteur USING ({SIENNE} OR {PORTEE} = 'systeme' OR {DOSSIER})",
            f"ALTER POLICY lire ON dossiers_lecteur USING ({SIENNE} OR {DOSSIER})",
        ),
    ]

from django.db import migrations

from ess_portal.comptes.rls import policies_colonnes, policies_enfant

ENFANTS = ("financement_contrat", "financement_signature", "financement_comptebancaire", "financement_financementars")


class Migration(migrations.Migration):
    dependencies = [("financement", "0001_initial"), ("dossiers", "0001_initial")]

    operations = [*(policies_enfant(table) for table in ENFANTS), policies_colonnes("financement_versement")]

from django.db import migrations

from ess_portal.comptes.rls import policies_enfant


class Migration(migrations.Migration):
    dependencies = [("indicateurs", "0001_initial"), ("dossiers", "0001_initial")]
    operations = [policies_enfant("indicateurs_rapport")]

"""Tenancy of the adhésions. A professional is visible through an adhésion of a dossier one sees, or to the portal itself:
nobody can list the others, nor change what the directory says of a person."""

from django.db import migrations

from ess_portal.comptes.rls import PORTEE, policies_enfant

PROFESSIONNEL = "adhesions_professionnel"
LIT = f"""({PORTEE} IN ('nationale', 'systeme')
    OR EXISTS (SELECT 1 FROM adhesions_adhesion a WHERE a.professionnel_id = {PROFESSIONNEL}.id))"""

POSER = f"""
ALTER TABLE {PROFESSIONNEL} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {PROFESSIONNEL} FORCE ROW LEVEL SECURITY;
CREATE POLICY lire ON {PROFESSIONNEL} FOR SELECT USING ({LIT});
CREATE POLICY ecrire ON {PROFESSIONNEL} FOR ALL USING ({PORTEE} = 'systeme') WITH CHECK ({PORTEE} = 'systeme');
"""
RETIRER = f"""
DROP POLICY lire ON {PROFESSIONNEL};
DROP POLICY ecrire ON {PROFESSIONNEL};
ALTER TABLE {PROFESSIONNEL} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {PROFESSIONNEL} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("adhesions", "0001_initial"), ("dossiers", "0001_initial")]
    operations = [
        policies_enfant("adhesions_adhesion"),
        policies_enfant("adhesions_liensignature"),
        migrations.RunSQL(POSER, RETIRER),
    ]

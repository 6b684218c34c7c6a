"""The net under the filters: row-level security as the catalog tells it, and as the application role meets it (B06)."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db
PROTEGEES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY 1"
)
PORTEUSES = (
    "SELECT DISTINCT table_name FROM information_schema.columns JOIN pg_class c ON c.relname = table_name AND c.relkind IN ('r', 'p') "
    "WHERE table_schema = 'public' AND column_name IN ('dossier_id', 'equipe_id') ORDER BY 1"
)
FORCEES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relrowsecurity AND c.relforcerowsecurity"
)


def colonne(requete: str, *parametres: object) -> list[str]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return [ligne[0] for ligne in curseur.fetchall()]


def test_sans_locataire_aucune_ligne(preuve):
    make_dossier("amorcage_signe")
    tables = colonne(PROTEGEES)
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('app.organisation', '', true), set_config('app.portee', '', true)")
        vues = {}
        for table in tables:
            curseur.execute(f'SELECT count(*) FROM "{table}"')
            vues[table] = curseur.fetchone()[0]
    pleines = {t: n for t, n in vues.items() if n}
    assert not pleines
    preuve.noter(cas=len(tables), fautes=len(pleines), plancher=20)


def test_toute_table_de_dossier_est_fermee_de_force():
    ouvertes = set(colonne(PORTEUSES)) - set(colonne(FORCEES))
    assert not ouvertes, sorted(ouvertes)


def test_toute_table_protegee_verifie_ce_qu_on_y_ecrit():
    sans_force = set(colonne(PROTEGEES)) - set(colonne(FORCEES))
    sans_verification = set(colonne(PROTEGEES)) - set(
        colonne("SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public' AND with_check IS NOT NULL")
    )
    assert not sans_force | sans_verification


def test_role_de_l_application():
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        role, *pouvoirs = curseur.fetchone()
    assert not any(pouvoirs), (role, pouvoirs)
    possessions = colonne(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND pg_get_userbyid(c.relowner) = %s", role,
    )  # fmt: skip
    assert not possessions
    assert not colonne("SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s", role)


def test_ni_vue_ni_fonction_ne_contourne():
    assert not colonne("SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'")
    assert not colonne(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'v' "
        "AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)"
    )
    assert not colonne(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef"
    )


def test_une_ligne_d_un_autre_ne_s_ecrit_pas():
    d = make_dossier("lettre_deposee").distribution
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT set_config('app.organisation', %s, true), set_config('app.portee', '', true)",
            [str(d.equipe.pk + 100_000)],
        )
        curseur.execute("UPDATE dossiers_dossier SET nom = 'vol'")
        assert curseur.rowcount == 0
        curseur.execute("DELETE FROM dossiers_echeance")
        assert curseur.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            curseur.execute(
                "INSERT INTO dossiers_relance (echeance_id, dossier_id, palier, dernier_jour, creee_le) VALUES (1, 1, 1, '2026-01-01', now())"
            )
    assert d.relire().nom != "vol"

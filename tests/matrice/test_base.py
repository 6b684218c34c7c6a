"""The net under the filters: row-level security as the catalog tells it, and as the application role meets it (B06)."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.models import Document
from financement.models import (
    Contrat,
    DemandeAvenant,
    LigneSerie,
    MouvementRecuperation,
    ObservationRecuperation,
    ProcedureResiliation,
    Serie,
    TermeRecuperation,
)
from tests.fabriques import Distribution, make_dossier, make_recuperation

pytestmark = pytest.mark.django_db
PROTEGEES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY 1"
)
PORTEUSES = (
    "SELECT DISTINCT table_name FROM information_schema.columns JOIN pg_class c ON c.relname = table_name AND c.relkind IN ('r', 'p') "
    "WHERE table_schema = 'public' AND column_name IN ('dossier_id', 'equipe_id') ORDER BY 1"
)
LOCATAIRES = (
    "SELECT DISTINCT table_name FROM information_schema.columns JOIN pg_class c ON c.relname = table_name AND c.relkind IN ('r', 'p') "
    "WHERE table_schema = 'public' AND column_name IN ('organisation_id', 'ars_id', 'caisse_id', 'utilisateur_id') ORDER BY 1"
)
# Read before an organisation is known (who one is, where one belongs, whose is the link that was followed), and what is published.
SANS_LOCATAIRE = {
    "comptes_rattachement", "comptes_invitation", "comptes_essaiidentite", "indicateurs_fluxcalendrier", "adhesions_demographie",
}  # fmt: skip
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


def test_toute_table_d_une_organisation_ou_d_une_personne_l_est_aussi():
    assert set(colonne(LOCATAIRES)) - set(colonne(FORCEES)) == SANS_LOCATAIRE


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


def test_un_autre_ne_lit_ni_n_ecrit_dans_aucune_table_protegee(preuve):
    """Table by table, as another ARS: no row read, changed or removed, and none slipped in under the names of those whose it would be."""
    d = make_dossier("amorcage_signe").distribution
    remplies = remplir(d)
    dossier, etrangere = (
        d.relire(),
        Organisation.objects.create(type="ars", code="ailleurs", nom="Ailleurs", region="53"),
    )
    siens = {
        "dossier_id": dossier.pk, "equipe_id": dossier.equipe_id, "ars_id": dossier.ars_id, "caisse_id": dossier.caisse_id,
        "organisation_id": dossier.ars_id, "utilisateur_id": d.utilisateur("instructeur").pk,
    }  # fmt: skip
    tables, fautes, pleines = colonne(PROTEGEES), [], set()
    with connection.cursor() as curseur:
        for portee, organisation in (("systeme", ""), ("", etrangere.pk)):
            curseur.execute(
                "SELECT set_config('app.portee', %s, true), set_config('app.organisation', %s, true), set_config('app.utilisateur', '0', true)",
                [portee, str(organisation)],
            )
            for table in tables:
                curseur.execute(f'SELECT count(*) FROM "{table}"')
                lues = curseur.fetchone()[0]
                if portee:
                    pleines |= {table} if lues else set()
                    continue
                fautes += [f"{table} : {lues} lignes lues"] if lues else []
                fautes += [f"{table} : {faute}" for faute in ecrire(curseur, table, siens)]
    assert not remplies - pleines, remplies - pleines
    assert not fautes, fautes
    preuve.noter(cas=4 * len(tables), fautes=len(fautes), plancher=200, tables_remplies=len(pleines))


# Row-level security or a missing right; a trigger of our own, which comes first. A column left empty would be said after both.
REFUS = {"42501", "23000"}


def ecrire(curseur, table: str, siens: dict[str, int]) -> list[str]:
    """What a stranger managed to write there."""
    curseur.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    colonnes = [c for (c,) in curseur.fetchall()]
    cles = [c for c in siens if c in colonnes]
    valeurs = ", ".join(str(siens[c]) for c in cles)
    ordres = (
        f'UPDATE "{table}" SET "{colonnes[0]}" = "{colonnes[0]}"', f'DELETE FROM "{table}"',
        f'INSERT INTO "{table}" ({", ".join(cles)}) VALUES ({valeurs})' if cles else f'INSERT INTO "{table}" DEFAULT VALUES',
    )  # fmt: skip
    ecrits = []
    for ordre in ordres:
        try:
            with transaction.atomic():
                curseur.execute(ordre)
                ecrits += [ordre] if curseur.rowcount else []
        except DatabaseError as refus:
            if refus.__cause__.sqlstate not in REFUS:
                ecrits.append(f"{ordre} : {refus}")
    return ecrits


def remplir(d: Distribution) -> set[str]:
    """A row in each of the tables that an ordinary dossier leaves empty."""
    qui, autre, dossier = d.utilisateur("gestionnaire"), d.utilisateur("ordonnateur"), d.relire()
    with comme_portail():
        contrat = Contrat.objects.get(dossier=dossier)
        r = make_recuperation(
            dossier, qui, creancier="ars", statut="a_rembourser", montant=100, decidee_le=d.maintenant, decidee_par=autre, payer_jusquau=d.jour
        )  # fmt: skip
        faits = {"dossier": dossier, "recuperation": r}
        serie = Serie.objects.create(
            organisation=dossier.ars, genre="amorcage", cle=uuid.uuid4(), creee_par=qui, creee_le=d.maintenant
        )
        lignes = [
            r, serie,
            LigneSerie.objects.create(serie=serie, organisation=dossier.ars, rang=1, dossier=dossier),
            ObservationRecuperation.objects.create(**faits, texte="Non.", deposee_le=d.maintenant, deposee_par=qui),
            TermeRecuperation.objects.create(**faits, plan=1, jour=d.jour, montant=50),
            MouvementRecuperation.objects.create(
                **faits, nature="remise", montant=50, jour=d.jour, motif="Remise.", propose_le=d.maintenant, propose_par=qui
            ),
            ProcedureResiliation.objects.create(
                dossier=dossier, partie="ars", organisation=dossier.ars, manquements="Aucun.", notifiee_le=d.maintenant, notifiee_par=qui,
                presentee_le=d.jour, observations_jusquau=d.jour,
            ),
            DemandeAvenant.objects.create(
                dossier=dossier, contrat=contrat, objet="Changer.", recue_le=d.maintenant, recue_jour=d.jour, demandee_par=qui,
                jeu_national=contrat.jeu_national,
            ),
            Document.objects.create(
                organisation=dossier.ars, cle="synthese:2026", type="synthese_campagne", version=1, titre="Synthèse", donnees={}, gabarit="x",
                code_verification="code-synthese", cree_le=d.maintenant,
            ),
        ]  # fmt: skip
    return {type(ligne)._meta.db_table for ligne in lignes}

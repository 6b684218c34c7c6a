"""What the benchmark multiplies by COPY is what the services and the base's triggers write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from bench.remplir import TABLES, Modele, Multiplieur, couvrir, decaler
from ess_portal.comptes.locataire import comme_portail
from tests import fabriques
from tests.outillage.base import Purge

# What names the dossier itself, its people or its place; all the rest of two equal lives is equal.
PROPRES = {"id", "dossier_id", "flux", "precedent", "empreinte", "numero", "nom", "recherche"}
PERSONNES = {"equipe_id", "caisse_id", "acteur_id", "acteur_nom", "organisation_id", "auteur_id"}
LIEU = {"siege_departement", "siege_commune", "departements", "caisse_choisie"}


@pytest.fixture
def superutilisateur(transactional_db) -> Iterator[psycopg.Connection]:
    r = Purge.proprietaire.reglages
    adresse = psycopg.conninfo.make_conninfo(dbname=r["NAME"], host=r["HOST"], port=r["PORT"], user="postgres")
    with psycopg.connect(adresse, autocommit=True) as base:
        yield base


def _copie(base: psycopg.Connection, dossier_id: int, ecart: timedelta) -> int:
    m = Multiplieur(base, graine=1)
    copie = m.ajouter(Modele(base, dossier_id), region="76", remplace={}, ecart=ecart)
    m.copier()
    couvrir(base)
    return copie


def _lignes(base: psycopg.Connection, dossier_id: int, sauf: set[str]) -> dict[str, list[dict[str, Any]]]:
    modele = Modele(base, dossier_id)
    return {
        table: [
            {
                c: v.obj if isinstance(v, Jsonb) else v
                for c, v in zip(colonnes, ligne, strict=True)
                if c not in sauf and not (sauf >= PERSONNES and c.endswith("_par_id"))
            }
            for ligne in lignes
        ]
        for table, (colonnes, lignes) in modele.lignes.items()
    }


def _forme(valeur: Any) -> Any:
    """Keys and types of a JSON value: its texts name people and places."""
    if isinstance(valeur, dict):
        return {cle: _forme(v) for cle, v in valeur.items()}
    if isinstance(valeur, list):
        return [_forme(v) for v in valeur]
    return type(valeur).__name__


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statut", ["lettre_deposee", "lettre_validee", "projet_depose", "projet_valide"])
def test_une_copie_vaut_une_vie(superutilisateur: psycopg.Connection, statut: str) -> None:
    """A second life with the same facts, lived through the services, has the rows of the copy of the first, column by column."""
    premier = fabriques.make_dossier(statut=statut, departement="31")
    second = fabriques.make_dossier(statut=statut, departement="34")
    copie = _copie(superutilisateur, premier.pk, timedelta(0))
    sauf = PROPRES | PERSONNES | LIEU | {"modifiee_le"}  # the machine’s time of each life
    copiees, vecues = _lignes(superutilisateur, copie, sauf), _lignes(superutilisateur, second.pk, sauf)
    assert set(copiees) == set(vecues) == set(TABLES)
    assert copiees["journal_evenement"]
    assert copiees["dossiers_echeance"]
    for table in TABLES:
        for copiee, vecue in zip(copiees[table], vecues[table], strict=True):
            for colonne, valeur in vecue.items():
                if isinstance(valeur, dict | list):
                    assert _forme(copiee[colonne]) == _forme(valeur), (table, colonne)
                else:
                    assert copiee[colonne] == valeur, (table, colonne)


@pytest.mark.django_db(transaction=True)
def test_une_copie_decalee_garde_sa_chaine_et_son_territoire(superutilisateur: psycopg.Connection) -> None:
    """Days move, nothing else: the chain of events is the one that the base would have made, the pairs are those of its trigger."""
    dossier = fabriques.make_dossier(statut="projet_depose", departement="31")
    ecart = timedelta(days=11)
    copie = _copie(superutilisateur, dossier.pk, ecart)
    source = _lignes(superutilisateur, dossier.pk, PROPRES)
    for table, lignes in _lignes(superutilisateur, copie, PROPRES).items():
        assert lignes == [{c: decaler(v, ecart) for c, v in ligne.items()} for ligne in source[table]], table
    with comme_portail(), connection.cursor() as c:
        c.execute(
            "SELECT count(*), count(*) FILTER (WHERE e.empreinte = journal_empreinte(e) AND e.precedent = coalesce(p.empreinte, '')) "
            "FROM journal_evenement e LEFT JOIN journal_evenement p ON p.flux = e.flux AND p.seq = e.seq - 1 WHERE e.dossier_id = %s",
            [copie],
        )
        total, justes = c.fetchone()
        assert total == justes > 2
        c.execute(
            "SELECT dossier_id, groupe, departement FROM dossiers_couverture WHERE dossier_id IN (%s, %s) ORDER BY 1, 2, 3",
            [dossier.pk, copie],
        )
        pairs = c.fetchall()
    assert [p[1:] for p in pairs if p[0] == copie] == [p[1:] for p in pairs if p[0] == dossier.pk] != []

"""One pass over many writes what settling them one by one writes, whatever the size of its chunks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from dossiers.models import Echeance
from dossiers.services import grilles_tacites
from dossiers.services.echeances import materialiser
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from tests import fabriques

TABLES = (
    "dossiers_dossier",
    "dossiers_echeance",
    "dossiers_decision",
    "dossiers_tache",
    "dossiers_avis",
    "journal_evenement",
    "journal_envoi",
)
# Keys given by the base, machine time, and the chain: what a decision sets running is written in its turn, by chunk.
SANS = ["id", "inscrit_le", "modifiee_le", "seq", "precedent", "empreinte"]
# Two on one territory, and one of each step where something falls due.
VIES = (
    ("lettre_deposee", "31"),
    ("lettre_deposee", "31"),
    ("lettre_validee", "34"),
    ("projet_depose", "30"),
    ("projet_valide", "81"),
    ("dotation_active", "66"),
)


def _lignes(dossiers: list[int]) -> dict[str, list[dict[str, Any]]]:
    """Every column of every row of these dossiers, those of SANS apart."""
    lues = {}
    with comme_portail(), connection.cursor() as c:
        for table in TABLES:
            colonne = "id" if table == "dossiers_dossier" else "dossier_id"
            c.execute(
                f"SELECT to_jsonb(t) - %s::text[] FROM {table} t WHERE t.{colonne} = ANY(%s)",
                [SANS, dossiers],
            )
            lignes = [json.loads(ligne) if isinstance(ligne, str) else ligne for (ligne,) in c.fetchall()]
            for ligne in lignes:
                if table == "journal_envoi":  # the key names a row by its id
                    ligne["cle"] = ligne["cle"].split(":")[2:]
            lues[table] = sorted(lignes, key=repr)
    return lues


def _un_par_un(au: datetime) -> None:
    with comme_portail():
        ordre = Echeance.objects.filter(statut="ouverte", instant__lte=au).order_by("instant", "pk")
        numeros = list(dict.fromkeys(ordre.values_list("dossier__numero", flat=True)))
    for numero in numeros:
        while materialiser(numero=numero, maintenant=au):
            continue


@pytest.mark.django_db
def test_ensemble_ou_un_par_un_les_memes_lignes() -> None:
    dossiers = [fabriques.make_dossier(statut=s, departement=code) for s, code in VIES]
    ids = [d.pk for d in dossiers]
    avant = _lignes(ids)
    for jours in (100, 800, 2100):
        au = fabriques.INSTANT + timedelta(days=jours)
        obtenues = {}
        for nom, regler in (
            ("en une fois", lambda au=au: regler_dues(au=au)),
            ("par trois", lambda au=au: regler_dues(au=au, lot=3)),
            ("un par un", lambda au=au: _un_par_un(au)),
        ):
            point = transaction.savepoint()
            regler()
            grilles_tacites.figer()
            obtenues[nom] = _lignes(ids)
            assert regler_dues(au=au) == 0
            assert _lignes(ids) == obtenues[nom], f"{nom} : un second passage a écrit"
            transaction.savepoint_rollback(point)
        assert obtenues["en une fois"] != avant
        for nom in ("par trois", "un par un"):
            for table in TABLES:
                assert obtenues[nom][table] == obtenues["en une fois"][table], (jours, nom, table)
    assert {"lettre_validee", "projet_valide", "clos"} <= {
        d["statut"] for d in obtenues["en une fois"]["dossiers_dossier"]
    }


@pytest.mark.django_db
def test_une_regle_sans_effet_se_regle_aussi() -> None:
    """A due row of a rule that writes nothing else is settled like any other: no pass claims it for ever."""
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    au = dossier.distribution.maintenant + timedelta(days=1)
    with comme_portail():
        Echeance.objects.filter(dossier=dossier).exclude(regle="DL-2").delete()
        Echeance.objects.filter(dossier=dossier).update(regle="X-0", instant=au)
    assert regler_dues(au=au) == 1
    with comme_portail():
        assert Echeance.objects.get(dossier=dossier).statut == "echue"

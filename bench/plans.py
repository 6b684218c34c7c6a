"""What the queries of a list read, as PostgreSQL plans them once for all values (ADR 0006)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.db import connection

# Those that grow with the dossiers: none may be read whole.
GRANDES = (
    *("dossiers_dossier", "dossiers_echeance", "dossiers_textedossier", "dossiers_decision", "dossiers_depot"),
    *("dossiers_avis", "journal_evenement"),
)


def lectures(client: Any, adresse: str) -> dict[str, list[str]]:
    """The indexes that the page's queries read, and the big tables that they read whole."""
    index: set[str] = set()
    entieres: set[str] = set()

    def noter(execute: Any, requete: str, places: Any, many: bool, contexte: Any) -> Any:
        if requete.lstrip().startswith(("SELECT", "WITH")) and any(nom in requete for nom in GRANDES):
            for noeud in _noeuds(_plan(requete)):
                if noeud.get("Index Name"):
                    index.add(noeud["Index Name"])
                elif noeud["Node Type"].endswith("Seq Scan") and noeud.get("Relation Name") in GRANDES:
                    entieres.add(noeud["Relation Name"])
        return execute(requete, places, many, contexte)

    with connection.execute_wrapper(noter):
        client.get(adresse)
    return {"index": sorted(index), "tables_lues_entieres": sorted(entieres)}


def _plan(requete: str) -> dict[str, Any]:
    rangs = count(1)
    morceaux = requete.replace("%%", "\0").split("%s")
    numerotee = "".join(m + (f"${next(rangs)}" if n + 1 < len(morceaux) else "") for n, m in enumerate(morceaux))
    with connection.connection.cursor() as curseur:
        curseur.execute("EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + numerotee.replace("\0", "%"), prepare=False)
        lu = curseur.fetchone()[0]
    return (json.loads(lu) if isinstance(lu, str) else lu)[0]["Plan"]


def _noeuds(noeud: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield noeud
    for fils in noeud.get("Plans", ()):
        yield from _noeuds(fils)

"""Many small tables of one dossier in one round trip.

Each queryset keeps its own SQL, its filters and its order, and row-level security applies to each; the rows come back as one
JSON column per table and become model instances again. Figures are parsed as Decimal: cents stay exact.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet


def charger(tables: Mapping[str, QuerySet]) -> dict[str, list[Any]]:
    """The rows of each queryset, by name. A queryset reads one table: no select_related, no annotation."""
    morceaux, parametres = [], []
    for lignes in tables.values():
        try:
            sql, valeurs = lignes.query.sql_with_params()
        except EmptyResultSet:  # `none()`: this reader sees nothing of that table
            morceaux.append("'[]'")
            continue
        morceaux.append(f"(SELECT coalesce(json_agg(x), '[]')::text FROM ({sql}) x)")  # noqa: S608  the ORM's own SQL
        parametres.extend(valeurs)
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {', '.join(morceaux)}", parametres)
        colonnes = curseur.fetchone()
    return {
        nom: [_instance(lignes.model, ligne) for ligne in json.loads(colonne, parse_float=Decimal)]
        for (nom, lignes), colonne in zip(tables.items(), colonnes, strict=True)
    }


def _instance(modele: type[models.Model], ligne: Mapping[str, Any]) -> models.Model:
    """A row as the ORM would have made it; columns that were not read stay deferred."""
    champs = [c for c in modele._meta.concrete_fields if c.column in ligne]
    return modele.from_db("default", [c.attname for c in champs], [c.to_python(ligne[c.column]) for c in champs])


def attacher(parent: models.Model, relation: str, enfants: list[Any]) -> None:
    """Makes `parent.<relation>.all()` answer with rows already read, as `prefetch_related` does."""
    gestionnaire = getattr(parent, relation)
    lignes = gestionnaire.get_queryset()
    lignes._result_cache = enfants
    lignes._prefetch_done = True
    for enfant in enfants:
        setattr(enfant, gestionnaire.field.name, parent)
    if not hasattr(parent, "_prefetched_objects_cache"):
        parent._prefetched_objects_cache = {}
    parent._prefetched_objects_cache[gestionnaire.field.remote_field.cache_name] = lignes

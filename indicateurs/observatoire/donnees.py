"""The open data: one row per ESS, in CSV and JSON, with their schema (Table Schema, specs.frictionlessdata.io)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .lecture import Fiche

SEPARATEUR = "|"
# (name, title, what it holds, pattern)
CHAMPS: tuple[tuple[str, str, str, str], ...] = (
    ("nom", "Nom", "Nom de l’équipe de soins spécialisés.", ""),
    ("specialites", "Codes des spécialités", f"Codes des savoir-faire du RPPS, séparés par «\u00a0{SEPARATEUR}\u00a0».", r"^SM[0-9]{2,3}(\|SM[0-9]{2,3})*$"),
    ("specialites_libelles", "Spécialités", f"Les mêmes en clair, dans le même ordre, séparées par «\u00a0{SEPARATEUR}\u00a0».", ""),
    ("region", "Code de la région", "Code officiel géographique de la région de l’agence.", r"^[0-9A-Z]{2,3}$"),
    ("region_nom", "Région", "Nom de la région.", ""),
    ("departements", "Départements", f"Codes des départements du territoire, séparés par «\u00a0{SEPARATEUR}\u00a0».", r"^[0-9][0-9AB][0-9]?(\|[0-9][0-9AB][0-9]?)*$"),
    ("finess", "Numéro FINESS", "Neuf caractères\u00a0; vide tant qu’il n’est pas attribué.", r"^([0-9][0-9AB][0-9]{7})?$"),
)  # fmt: skip


def ligne(f: Fiche) -> dict[str, str]:
    return {
        "nom": f.nom,
        "specialites": SEPARATEUR.join(f.specialites),
        "specialites_libelles": SEPARATEUR.join(f.libelles),
        "region": f.region,
        "region_nom": f.nom_region,
        "departements": SEPARATEUR.join(f.departements),
        "finess": f.finess,
    }


def en_csv(fiches: Iterable[Fiche]) -> Iterator[tuple[str, ...]]:
    """The heading, then a row per ESS, in the order of the schema."""
    noms = tuple(nom for nom, *_ in CHAMPS)
    yield noms
    for f in fiches:
        lue = ligne(f)
        yield tuple(lue[nom] for nom in noms)


def en_json(fiches: Iterable[Fiche]) -> list[dict[str, Any]]:
    """The same, with lists where the CSV has separators and null where it has nothing."""
    return [
        {
            "nom": f.nom,
            "specialites": [{"code": c, "libelle": mot} for c, mot in zip(f.specialites, f.libelles, strict=True)],
            "region": {"code": f.region, "nom": f.nom_region},
            "departements": list(f.departements),
            "finess": f.finess or None,
        }
        for f in fiches
    ]


def schema() -> dict[str, Any]:
    """The CSV's Table Schema."""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "equipes-de-soins-specialises",
        "title": "Équipes de soins spécialisés signataires d’un contrat",
        "description": "Une ligne par équipe qui a signé un contrat avec l’agence régionale de santé et l’Assurance maladie.",
        "fields": [
            {
                "name": nom, "type": "string", "title": titre, "description": texte,
                "constraints": {"required": nom != "finess", **({"pattern": motif} if motif else {})},
            }
            for nom, titre, texte, motif in CHAMPS
        ],
        "missingValues": [""],
    }  # fmt: skip

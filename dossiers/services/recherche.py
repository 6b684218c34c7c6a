"""What the list's search looks at, written by the services: who and what a dossier is, and the words of its letter.

No extension of PostgreSQL takes accents away here: what is stored and what is searched go through `normaliser`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Func, Value

from ..models import Association, Dossier, LettreIntention, TexteDossier
from .creation import normaliser, texte_cherche

# Of the letter, so many signs at most are indexed: PostgreSQL refuses a longer list of words.
TEXTE_MAX = 200_000
TEXTES = ("justification", "siege_adresse", "besoin", "cooperations", "gouvernance", "actions", "indicateur_qualitatif")


def indexer(dossier: Dossier) -> None:
    """Writes again what is searched of a dossier: its numbers, its people, the text of its letter. In the transaction of the act."""
    lettre = LettreIntention.objects.filter(dossier=dossier).first()
    association = Association.objects.filter(dossier=dossier).first()
    gens = [*mots(lettre.porteurs)] if lettre else []
    legal = (
        [association.nom, association.rna, association.siren, association.finess, association.representant]
        if association
        else []
    )
    lu = texte_cherche(dossier, *gens, *legal)
    if lu != dossier.recherche:
        dossier.recherche = lu
        dossier.save(update_fields=("recherche",))
    if lettre is not None:
        texte = normaliser(" ".join(m for nom in TEXTES for m in mots(getattr(lettre, nom))))[:TEXTE_MAX]
        TexteDossier.objects.update_or_create(
            dossier=dossier,
            defaults={
                "mots": Func(SearchVector(Value(texte), config="simple"), function="strip"),
                **{nom: getattr(dossier, nom) for nom in ("equipe_id", "ars_id", "caisse_id", "lecteurs")},
            },
        )


def mots(valeur: Any) -> Iterator[str]:
    """The texts of a JSON value, whatever its shape."""
    if isinstance(valeur, str):
        yield valeur
    elif isinstance(valeur, dict):
        for v in valeur.values():
            yield from mots(v)
    elif isinstance(valeur, list):
        for v in valeur:
            yield from mots(v)

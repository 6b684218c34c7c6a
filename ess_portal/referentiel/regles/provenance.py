"""Which set a value comes from, and what a set to come would change: read before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .parametres import Parametres, choisir


@dataclass(frozen=True, slots=True)
class JeuLu:
    """A set as it is kept: `region` None for the country; `valeurs`, plain values, only what differs for a region."""

    valide_du: date
    valide_au: date | None
    region: str | None
    valeurs: Mapping[str, Any]


def provenances(suite: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Setting → rank in `suite` of the set that first gave it the value it has in the last one, unchanged since.

    `suite`: the values of the sets of one scope, oldest first, the last one being the set that is read.
    """
    lu = len(suite) - 1
    resultat = {}
    for nom, valeur in suite[lu].items():
        rang = lu
        while rang and suite[rang - 1].get(nom) == valeur:
            rang -= 1
        resultat[nom] = rang
    return resultat


def en_vigueur(jeux: Iterable[JeuLu], region: str, jour: date) -> Parametres:
    """The settings of a region on a day: its overrides in force that day over the country's set. Raises ValueError without any."""
    jeux = tuple(jeux)
    valeurs = dict(choisir([j for j in jeux if j.region is None], jour).valeurs)
    siens = [j for j in jeux if j.region == region and j.valide_du <= jour]
    siens = [j for j in siens if j.valide_au is None or jour <= j.valide_au]
    if siens:
        valeurs |= max(siens, key=lambda j: j.valide_du).valeurs
    return Parametres.depuis(valeurs)

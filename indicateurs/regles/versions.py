"""What two contents of a report differ by: between two filings, or between what a person typed and what a colleague saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VIDES: tuple[Any, ...] = (None, "", [], {}, ())


@dataclass(frozen=True, slots=True)
class Ecart:
    champ: str
    avant: Any
    apres: Any


def differences(avant: Mapping[str, Any], apres: Mapping[str, Any], champs: Sequence[str]) -> tuple[Ecart, ...]:
    """The fields whose value changed, in the order of `champs`. Nothing and blank are the same; a field that `apres` does not name has
    not changed.
    """
    ecarts = []
    for champ in champs:
        if champ not in apres:
            continue
        a, b = avant.get(champ), apres[champ]
        if a != b and not (a in VIDES and b in VIDES):
            ecarts.append(Ecart(champ, a, b))
    return tuple(ecarts)

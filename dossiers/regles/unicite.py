"""CRI-1c between two ESS: which one stands on the territory, and which one came first.

The database says the same in `dossiers_obstacles`, and the scan when silence validates: a test walks the three together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .statuts import CONFORMITE_ACQUISE, EN_PLACE, Statut

MISE_EN_CONFORMITE = "mise_en_conformite"


def satisfait(statut: Statut, regime: str) -> bool:
    """Whether an ESS in place meets the cahier des charges: an older one, only once its projet is validated."""
    return regime != MISE_EN_CONFORMITE or statut in CONFORMITE_ACQUISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ess:
    """One of the two, as the law has it at the instant looked at (CAL-9). `depuis`: in this state since, where no decision says more;
    `validations`: objet → first favourable decision in force.
    """

    id: int
    statut: Statut
    depuis: datetime
    regime: str = "standard"
    validations: Mapping[str, datetime] = field(default_factory=dict)

    def en_place_le(self, *, stricte: bool) -> datetime | None:
        """Since when it keeps others out; None when it does not. `stricte`: an older ESS does so from its letter on."""
        if self.statut not in EN_PLACE:
            return None
        if self.regime != MISE_EN_CONFORMITE or stricte:
            return min(self.validations.values(), default=self.depuis)
        return self.validations.get("projet", self.depuis) if self.statut in CONFORMITE_ACQUISE else None


def devance(autre: Ess, ess: Ess, *, stricte: bool = False, signature: bool = False) -> bool:
    """Whether `autre` stands in the way of `ess`: of two in place, the first; of one that is not yet, whoever is. An older ESS signs
    its contract beside the others: what it must reach is the validation of its projet.
    """
    if signature and not stricte and not satisfait(ess.statut, ess.regime):
        return False
    la = autre.en_place_le(stricte=stricte)
    if la is None:
        return False
    sienne = ess.en_place_le(stricte=stricte)
    return sienne is None or (la, autre.id) < (sienne, ess.id)

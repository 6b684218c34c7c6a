"""FIN-12: the account of use of a contract year, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Compte:
    """Euros. `report`: what the year before left unspent; `recu`: paid for this year; `depense`: None while it is not told."""

    report: Decimal
    recu: Decimal
    depense: Decimal | None = None

    @property
    def disponible(self) -> Decimal:
        return self.report + self.recu

    @property
    def non_employe(self) -> Decimal | None:
        """What is left; never under zero: what was spent beyond came from elsewhere."""
        return None if self.depense is None else max(self.disponible - self.depense, ZERO)

    @property
    def au_dela(self) -> Decimal:
        """What was spent beyond the sums received."""
        return ZERO if self.depense is None else max(self.depense - self.disponible, ZERO)

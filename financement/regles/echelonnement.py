"""The instalments of a recovery (REC-1): they sum to the cent, their days go forward, payments settle the oldest first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dossiers.regles.delais import dernier_jour

CENT = Decimal("0.01")
MAXIMUM = 60


@dataclass(frozen=True, slots=True)
class Terme:
    """One instalment and what was paid of it."""

    jour: date
    montant: Decimal
    paye: Decimal = Decimal("0.00")

    @property
    def reste(self) -> Decimal:
        return self.montant - self.paye

    def etat(self, jour: date) -> str:
        """payee, en_retard, partielle or a_venir, as of a day; its last day counts whole."""
        if not self.reste:
            return "payee"
        if jour > self.jour:
            return "en_retard"
        return "partielle" if self.paye else "a_venir"


def mensualites(total: Decimal, nombre: int, premiere: date) -> tuple[Terme, ...]:
    """`nombre` equal monthly instalments; the cents that do not divide go to the last one. Raises ValueError."""
    if not 1 <= nombre <= MAXIMUM:
        raise ValueError(f"entre 1 et {MAXIMUM} échéances")
    part = (total / nombre).quantize(CENT, "ROUND_DOWN")
    if part <= 0:
        raise ValueError("une échéance est d’un centime au moins")
    parts = [part] * (nombre - 1) + [total - part * (nombre - 1)]
    return tuple(Terme(dernier_jour(premiere, rang), montant) for rang, montant in enumerate(parts))


def fautes(termes: Sequence[tuple[date, Decimal]], total: Decimal, jour: date) -> str | None:
    """Why these instalments are refused, in a sentence; None when they stand."""
    if not 1 <= len(termes) <= MAXIMUM:
        return f"Prévoyez entre 1 et {MAXIMUM} échéances."
    if any(m <= 0 for _, m in termes):
        return "Chaque échéance est d’un montant positif."
    jours = [j for j, _ in termes]
    if any(apres <= avant for avant, apres in itertools.pairwise(jours)):
        return "Les dates des échéances se suivent, de la plus proche à la plus lointaine."
    if jours[0] <= jour:
        return "La première échéance est à venir."
    somme = sum((m for _, m in termes), Decimal(0))
    if somme != total:
        return f"La somme des échéances ({somme:.2f}\u00a0€) n’est pas le reste dû ({total:.2f}\u00a0€)."
    return None


def imputer(termes: Sequence[tuple[date, Decimal]], regle: Decimal) -> tuple[Terme, ...]:
    """What was paid or written off settles the oldest instalment first."""
    lues = []
    for jour, montant in termes:
        part = min(montant, regle)
        regle -= part
        lues.append(Terme(jour, montant, part))
    return tuple(lues)


def palier_de_retard(jours: int, paliers: Sequence[int]) -> int:
    """The last step reached after so many days late, the day after the due date being the first: 1, then those of the ladder of reminders."""
    return max((p for p in (1, *paliers) if 1 <= p <= jours), default=1)

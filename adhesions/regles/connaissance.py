"""Two readings of one history: what is true on each day, and what was held true when each act was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .histoire import Histoire, Tranche


@dataclass(frozen=True, slots=True)
class Version:
    """A slice, the act that wrote it and the one that closed it (0: still held true). Acts are numbered as they were recorded."""

    tranche: Tranche
    acte: int
    close_par: int = 0


def apres(versions: Iterable[Version], acte: int) -> Histoire:
    """What was held true once an act was recorded: two acts of one instant are told apart by their number."""
    connues = (v.tranche for v in versions if v.acte <= acte and (not v.close_par or v.close_par > acte))
    return tuple(sorted(connues, key=lambda t: t.du))

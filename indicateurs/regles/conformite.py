"""How far an équipe has come on the way of CRI-4: 10 % at the start, 30 % on the way, 50 % after five years, in integers only."""

from __future__ import annotations

from collections.abc import Sequence

from dossiers.regles.criteres import requis


def palier(adherents: int, base: int | None, pourcents: Sequence[int]) -> int | None:
    """The highest of these shares that is reached, 0 below the first; None where it cannot be judged: nobody counted, or nobody to count."""
    seuils = [requis(base, p) for p in pourcents] if base else []
    atteints = [p for p, r in zip(pourcents, seuils, strict=False) if r is not None and adherents >= r]
    return max(atteints, default=0) if seuils else None

"""« What gates what » (§3) as data: what blocks an act, and what only warns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .criteres import Constat

_TOUS_SAUF_6 = ("CRI-1a", "CRI-1b", "CRI-1c", "CRI-1d", "CRI-2", "CRI-3", "CRI-4", "CRI-5", "CRI-7", "DER-1")

# act → (blocking, warning). `avis` and `derogation_pendante` are facts of the instruction, not criteria.
PORTES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deposer_lettre": (("CRI-1a", "DEF-1"), ("CRI-1b", "CRI-1c", "CRI-1d", "CRI-4", "DER-1")),
    "valider_lettre": (
        ("CRI-1a", "CRI-1c", "CRI-1d", "CRI-4", "CRI-5", "CRI-7", "DER-1", "derogation_pendante", "accord_caisse"),
        ("CRI-1b", "CRI-2", "CRI-3", "avis"),
    ),
    "signer_amorcage": (("conflit", "derogation_pendante"), ("CRI-6",)),
    "deposer_projet": ((), ("tardif",)),
    "valider_projet": ((*_TOUS_SAUF_6, "avis", "derogation_pendante"), ()),
    "signer_dotation": (("CRI-6", "CRI-4"), ()),
}


@dataclass(frozen=True, slots=True)
class Porte:
    """One obstacle: its code, the sentence to show, and whether it stops the act."""

    code: str
    message: str


def juger(
    acte: str, constats: Iterable[Constat], faits: Mapping[str, str] = {}
) -> tuple[tuple[Porte, ...], tuple[Porte, ...]]:
    """(what blocks, what warns) for an act. `faits`: code → sentence for what is not a criterion (avis not given, conflict…).

    A blocking criterion blocks when it is not met or, for an express validation, not examined; one whose rule only warns
    (a letter in instruction, an older ESS) never blocks.
    """
    bloque, avertit = PORTES[acte]
    par_code = {c.code: c for c in constats}
    blocages: list[Porte] = []
    avertissements: list[Porte] = []
    for code in (*bloque, *avertit):
        constat = par_code.get(code)
        if constat is None:
            if code in faits:
                (blocages if code in bloque else avertissements).append(Porte(code, faits[code]))
            continue
        if constat.conforme is True:
            continue
        porte = Porte(code, f"{constat.libelle}\u00a0: {constat.constat}")
        (blocages if code in bloque and constat.bloquant else avertissements).append(porte)
    return tuple(blocages), tuple(avertissements)

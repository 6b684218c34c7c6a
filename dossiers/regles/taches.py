"""What a task waits for: the steps of the dossier at which it still makes sense, whatever its day."""

from __future__ import annotations

from collections.abc import Mapping

from .au_droit import ATTENDENT_LE_PROJET
from .statuts import EXAMINES, VIVANTS, Statut

# Past these steps the act that answers has been done, or cannot be done any more. The other tasks are about money: a contract that is
# over is still checked, paid or recovered.
ETAPES: Mapping[str, tuple[Statut, ...]] = {
    "statuer_retard": ATTENDENT_LE_PROJET,
    "decider_incomplet": (Statut.LETTRE_INCOMPLETE, Statut.PROJET_INCOMPLET),
    "avis_en_retard": EXAMINES,
    "mission_incomplete": VIVANTS,
    "seuil_rompu": VIVANTS,
    # Of what is unfavourable, signed or in force: once silence has validated, its letter proves nothing any more (CAL-7).
    "presentation_pli": (*EXAMINES, Statut.LETTRE_REFUSEE, Statut.PROJET_REFUSE, Statut.CLOS, Statut.RESILIE),
}


def est_attendue(type_: str, statut: str) -> bool:
    return statut in ETAPES.get(type_, tuple(Statut))

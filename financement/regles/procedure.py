"""REC-1 as a table: the states of a recovery and the acts that move it. The trigger of the database reads the same pairs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Etat(StrEnum):
    CONTRADICTOIRE = "contradictoire"
    A_REMBOURSER = "a_rembourser"
    SOLDEE = "soldee"
    SANS_SUITE = "sans_suite"


E = Etat
# act → (state it starts from, states it may lead to)
ACTES: Mapping[str, tuple[Etat, tuple[Etat, ...]]] = {
    "presenter_observations": (E.CONTRADICTOIRE, (E.CONTRADICTOIRE,)),
    "fixer_audience": (E.CONTRADICTOIRE, (E.CONTRADICTOIRE,)),
    "consigner_audience": (E.CONTRADICTOIRE, (E.CONTRADICTOIRE,)),
    "abandonner_recuperation": (E.CONTRADICTOIRE, (E.SANS_SUITE,)),
    "decider_recuperation": (E.CONTRADICTOIRE, (E.A_REMBOURSER, E.SANS_SUITE)),
    "echelonner_recuperation": (E.A_REMBOURSER, (E.A_REMBOURSER,)),
    "enregistrer_remboursement": (E.A_REMBOURSER, (E.A_REMBOURSER,)),
    "proposer_remise": (E.A_REMBOURSER, (E.A_REMBOURSER,)),
    "confirmer_mouvement": (E.A_REMBOURSER, (E.A_REMBOURSER, E.SOLDEE)),
    "annuler_mouvement": (E.A_REMBOURSER, (E.A_REMBOURSER,)),
}
OUVERTS = frozenset({E.CONTRADICTOIRE, E.A_REMBOURSER})
SAUTS = frozenset((de.value, vers.value) for de, cibles in ACTES.values() for vers in cibles if vers is not de)


def permis(acte: str, etat: str) -> bool:
    """May this act be done in this state?"""
    return ACTES[acte][0] == etat

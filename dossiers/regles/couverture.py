"""What a département is for a specialty group on a day: covered, in instruction, free, in conflict (CRI-1c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .reprise import ACTES
from .statuts import EN_INSTRUCTION, EN_PLACE, Statut
from .unicite import satisfait

S = Statut
# From the most pressing to the least: a département is called by the first that holds there.
ETATS = ("conflit", "couvert", "anterieure", "instruction", "libre")
# What an event without its own target leads to: those that silence wrote.
TACITES: Mapping[str, Statut] = {
    "valider_lettre_tacite": S.LETTRE_VALIDEE,
    "valider_projet_tacite": S.PROJET_VALIDE,
    "expirer": S.CLOS,
}


@dataclass(frozen=True, slots=True)
class Presence:
    """One ESS on a day. `deroge`: the CPN lets it stand beside another; `a_regulariser`: silence validated it in conflict."""

    statut: Statut
    regime: str = "standard"
    a_regulariser: bool = False
    deroge: bool = False

    @property
    def etat(self) -> str:
        """« couvert », « anterieure », « instruction », or nothing: a draft and a dossier that has ended cover nothing."""
        if self.statut in EN_INSTRUCTION:
            return "instruction"
        if self.statut not in EN_PLACE:
            return ""
        return "couvert" if satisfait(self.statut, self.regime) else "anterieure"


def etat_departement(presences: Iterable[Presence]) -> str:
    """One of ETATS. Two ESS that meet the cahier des charges are a conflict unless all but one stand there by derogation."""
    lignes = list(presences)
    etats = {p.etat for p in lignes}
    en_place = [p for p in lignes if p.etat == "couvert" and not p.deroge]
    if len(en_place) > 1 or any(p.a_regulariser and p.etat == "couvert" for p in lignes):
        return "conflit"
    return next(e for e in ETATS[1:] if e in etats or e == "libre")


def statut_au(evenements: Sequence[tuple[str, str]]) -> Statut:
    """The state after these events (type, target), oldest first: a draft before any."""
    for type_, vers in reversed(evenements):
        if type_ in TACITES:
            return TACITES[type_]
        if vers:
            return Statut(vers)
    return S.BROUILLON


def statut_repris(jours: Mapping[str, str], jour: date) -> Statut:
    """The state, on a day before the portal knew it, of a dossier taken over: by the days on its paper."""
    passes = [s for nom, s in ACTES.items() if jours.get(nom) and date.fromisoformat(jours[nom]) <= jour]
    return passes[-1] if passes else S.BROUILLON

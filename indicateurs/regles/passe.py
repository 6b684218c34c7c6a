"""Two readings of one past instant: what was true in law, and what the portal had recorded by then. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dossiers.regles.statuts import Statut

FORME = "Écrivez un jour et une heure, comme 2026-05-12T10:00."
A_VENIR = "Choisissez un instant passé\u00a0: l’avenir n’est pas encore écrit."
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")
# What silence and the end of a contract make of a dossier; the other acts say their state themselves (`vers`).
D_EUX_MEMES = {
    "valider_lettre_tacite": Statut.LETTRE_VALIDEE,
    "valider_projet_tacite": Statut.PROJET_VALIDE,
    "expirer": Statut.CLOS,
    "creer_dossier": Statut.BROUILLON,
}


class Lecture(StrEnum):
    """`vrai`: by the legal instant of each fact, as it is known today; `su`: by the instant at which the portal recorded it."""

    VRAI = "vrai"
    SU = "su"


class InstantInvalide(ValueError):
    """Its text is the French sentence for the field."""


@dataclass(frozen=True, slots=True)
class Acte:
    """An event of the journal, in the order `rang` in which it was recorded."""

    rang: int
    type: str
    legal_le: datetime
    enregistre_le: datetime
    donnees: Mapping[str, Any] = field(default_factory=dict)

    def avant(self, instant: datetime, lecture: Lecture) -> bool:
        return (self.legal_le if lecture is Lecture.VRAI else self.enregistre_le) <= instant

    @property
    def vers(self) -> Statut | None:
        """The state it left the dossier in; None for what moves no state."""
        vers = self.donnees.get("vers")
        return Statut(vers) if vers in set(Statut) else D_EUX_MEMES.get(self.type)


def lire_instant(texte: str, fuseau: str, maintenant: datetime) -> datetime:
    """`2026-05-12T10:00`, in the dossier's zone unless it brings its own offset. Raises InstantInvalide, one to come included."""
    if not _INSTANT.fullmatch(texte):
        raise InstantInvalide(FORME)
    try:
        lu = datetime.fromisoformat(texte)
        instant = (lu if lu.tzinfo else lu.replace(tzinfo=ZoneInfo(fuseau))).astimezone(ZoneInfo(fuseau))
        a_venir = instant > maintenant
    except (ValueError, OverflowError) as refus:
        raise InstantInvalide(FORME) from refus
    if a_venir:
        raise InstantInvalide(A_VENIR)
    return instant


def connus(actes: Iterable[Acte], instant: datetime, lecture: Lecture) -> list[Acte]:
    """Those that count at an instant, in the order of the journal."""
    return sorted((a for a in actes if a.avant(instant, lecture)), key=lambda a: a.rang)


def etat(actes: Iterable[Acte], lecture: Lecture) -> tuple[Statut, datetime | None]:
    """(state, since when) after these acts, in the order of the journal; a draft before any of them."""
    statut, depuis = Statut.BROUILLON, None
    for a in actes:
        vers = a.vers
        if vers is not None and (vers is not statut or depuis is None):
            statut, depuis = vers, a.legal_le if lecture is Lecture.VRAI else a.enregistre_le
    return statut, depuis


def coupures(actes: Iterable[Acte], finaux: frozenset[Statut]) -> list[Acte]:
    """The acts that end clocks or start them anew: what ran just before is told by what was known just before."""
    lus = sorted(actes, key=lambda a: a.rang)
    depots = [a for a in lus if a.type in ("deposer_projet", "enregistrer_projet")]
    return [
        a
        for a in lus
        if a in depots[1:] or a.type.startswith("retirer_refus_") or (a.vers in finaux and a.type != "reprendre")
    ]

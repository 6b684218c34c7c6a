"""CRI-7: what of a letter matches the regional strategy in force on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Priorites:
    debut: date
    fin: date | None
    groupes: frozenset[str] = frozenset()
    departements: frozenset[str] = frozenset()

    def en_vigueur(self, jour: date) -> bool:
        return self.debut <= jour and (self.fin is None or jour <= self.fin)


@dataclass(frozen=True, slots=True)
class Concordance:
    concorde: bool
    phrase: str


def comparer(
    p: Priorites,
    groupes: Collection[str],
    departements: Collection[str],
    noms: Mapping[str, str],
) -> tuple[Concordance, Concordance]:
    """(specialties, territory): a strategy without list makes a priority of everything. `noms`: codes in words."""
    return (
        _comparer("Spécialités", p.groupes, groupes, noms),
        _comparer("Départements", p.departements, departements, noms),
    )


def _comparer(sujet: str, priorites: frozenset[str], siens: Collection[str], noms: Mapping[str, str]) -> Concordance:
    if not priorites:
        return Concordance(True, f"{sujet}\u00a0: la stratégie n’en met aucun à part.")
    communs = sorted(priorites & set(siens))
    dits = ", ".join(noms.get(c, c) for c in communs)
    if not communs:
        return Concordance(False, f"{sujet}\u00a0: aucune priorité de la stratégie n’est concernée.")
    reste = sorted(set(siens) - priorites)
    suite = f", hors priorités\u00a0: {', '.join(noms.get(c, c) for c in reste)}" if reste else ""
    return Concordance(True, f"{sujet}\u00a0: priorité {dits}{suite}.")

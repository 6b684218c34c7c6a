"""What an exportable list is: its columns, its filters said in words, its rows for a reader at an instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import AGENTS, PORTEURS, Role
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.horloge import jour_local

# Filters as they are kept with the export: name → values, plain text.
Filtres = Mapping[str, Sequence[str]]
# A row: the key of its dossier (None for a row that is of none), then a value per column of the list, in its order.
Rangee = tuple[int | None, Sequence[Any]]
TOUS = frozenset(PORTEURS | AGENTS)
OUI_NON = {True: "oui", False: "non", None: ""}


class Colonne(NamedTuple):
    """`code` is stable, `titre` is the heading."""

    code: str
    titre: str


class Champs(Protocol):
    """The part of a QueryDict that filters are read from."""

    def get(self, nom: str, defaut: str = "") -> Any: ...

    def getlist(self, nom: str) -> list[Any]: ...


@dataclass(frozen=True)
class Liste:
    """One list. `lignes` gives its rows for this reader with a constant number of queries, streamed; it runs inside the reader's tenant.

    `geler` reads the filters of an address and raises ErreurMetier for what means nothing; `dire` says them; `retour` is the address of the
    page that shows the list. A list about nobody's dossier in particular (aggregates) gives None as key of its rows.
    """

    code: str
    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: Callable[[Acteur, Filtres, datetime], Iterable[Rangee]]
    retour: Callable[[], str]
    geler: Callable[[Champs, Acteur], dict[str, list[str]]] = field(default=lambda _champs, _acteur: {})
    dire: Callable[[Filtres, Acteur], list[tuple[str, str]]] = field(default=lambda _filtres, _acteur: [])
    roles: frozenset[Role] = TOUS

    def choisies(self, codes: Sequence[str]) -> tuple[Colonne, ...]:
        """The columns of these codes in the list's order; none named is all. Raises ErreurMetier for one that does not exist."""
        connues = {c.code for c in self.colonnes}
        if inconnues := [c for c in codes if c not in connues]:
            texte = f"La colonne «\u00a0{inconnues[0][:40]}\u00a0» n’existe pas dans cette liste. Choisissez parmi les colonnes proposées."
            raise ErreurMetier("colonne", texte, {"colonnes": texte})
        return tuple(c for c in self.colonnes if not codes or c.code in codes)


def parmi(champs: Champs, nom: str, titre: str, valeurs: Iterable[str]) -> list[str]:
    """The values of a filter, each one of those it knows. Raises ErreurMetier naming the one it does not."""
    lues = [v for v in champs.getlist(nom) if v]
    permises = set(valeurs)
    if inconnues := [v for v in lues if v not in permises]:
        raise insense(titre, inconnues[0])
    return list(dict.fromkeys(lues))


def insense(titre: str, valeur: str) -> ErreurMetier:
    """The sentence about a filter that means nothing."""
    texte = f"Le filtre «\u00a0{titre}\u00a0» ne connaît pas «\u00a0{valeur[:40]}\u00a0». Retirez-le ou choisissez une valeur proposée."
    return ErreurMetier("filtre", texte)


def jour_de(instant: datetime | None, fuseau: str) -> date | None:
    """The legal day of an instant, in the zone of its dossier (CAL-4)."""
    return jour_local(instant, fuseau) if instant else None


def un(filtres: Filtres, nom: str) -> str:
    """The only value of a filter, or nothing."""
    return next(iter(filtres.get(nom, ())), "")


PAR_LOT = 1_000
DOSSIER = (Colonne("numero", "Dossier"), Colonne("nom", "Équipe"), Colonne("etape", "Étape du dossier"))
COMPETENTES = (Colonne("ars", "ARS"), Colonne("caisse", "Caisse"))

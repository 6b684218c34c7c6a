"""One reading of a dossier in words, and what differs between two: of one instant read twice, or of two instants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html


@dataclass(frozen=True)
class Vue:
    """One reading in words. `faits` is what two readings are compared by. What its reader may not see has no section."""

    titre: str
    sous_titre: str
    statut: str
    phrases: tuple[str, ...]
    dates: list[dict[str, Any]]
    sections: list[tuple[str, list[tuple[Any, ...]], tuple[str, ...]]]

    @property
    def faits(self) -> tuple[Any, ...]:
        jours = [(x["ancre"], str(x["etat"]), x["phrases"]) for x in self.dates]
        return self.statut, jours, [(nom, lignes) for nom, lignes, _ in self.sections]


@dataclass(frozen=True)
class Ecart:
    """A table of what only one of two readings has; the last cell of each row names it."""

    titre: str
    colonnes: tuple[str, ...]
    lignes: list[tuple[Any, ...]]


def ecarts(un: Vue, deux: Vue, noms: tuple[str, str], entete: str) -> list[Ecart]:
    """What differs, table by table, in the order of the page; [] where both say the same. `entete`: of the column of the `noms`."""
    situation = [("Étape", un.statut, noms[0]), ("Étape", deux.statut, noms[1])] if un.statut != deux.statut else []
    situation += [("Précision", *x) for x in _restes(list(un.phrases), list(deux.phrases), noms)]
    tables = []
    # One that says nothing, before the portal knew or of another's draft, differs by that alone.
    if un.sections and deux.sections:
        dates = _restes(_dates(un), _dates(deux), noms)
        tables.append(Ecart("Échéances", ("Échéance", "Situation", entete), [(*ligne, nom) for ligne, nom in dates]))
        for (titre, lignes, colonnes), (autre_titre, autres, _) in zip(un.sections, deux.sections, strict=True):
            nom, _, compte = titre.partition("\u00a0: ")
            autre_compte = autre_titre.partition("\u00a0: ")[2]
            if compte != autre_compte:
                situation += [(nom, compte, noms[0]), (nom, autre_compte, noms[1])]
            restes = [(*ligne, de) for ligne, de in _restes(lignes, autres, noms)]
            tables.append(Ecart(nom, (*colonnes, entete), restes))
    return [t for t in (Ecart("Situation", ("Information", "Contenu", entete), situation), *tables) if t.lignes]


def _dates(v: Vue) -> list[tuple[Any, ...]]:
    return [(x["titre"], format_html("{} {}", x["etat"], x["resume"])) for x in v.dates]


def _restes(un: list[Any], deux: list[Any], noms: tuple[str, str]) -> list[tuple[Any, str]]:
    """What only one of the two has, with the name of the one; the rows that begin by the same words side by side."""
    restes = [*_sans(un, deux, noms[0]), *_sans(deux, un, noms[1])]
    rangs: dict[Any, int] = {}
    for ligne, _ in restes:
        rangs.setdefault(_cle(ligne), len(rangs))
    return sorted(restes, key=lambda x: rangs[_cle(x[0])])


def _sans(lignes: list[Any], autres: list[Any], nom: str) -> Iterator[tuple[Any, str]]:
    """Those that the others lack, each as many times as it is missing."""
    communs = Counter(autres)
    for ligne in lignes:
        if communs[ligne]:
            communs[ligne] -= 1
        else:
            yield ligne, nom


def _cle(ligne: Any) -> Any:
    return ligne[0] if isinstance(ligne, tuple) else ligne

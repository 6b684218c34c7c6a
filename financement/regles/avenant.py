"""An avenant: the articles it adds, replaces or removes in a contract, and the text that stands once it is applied (§9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ess_portal.socle.typographie import date_fr

Geste = Literal["ajoute", "remplace", "retire"]
# Code of an article of a contract whose text is on paper: named as its parties name it, unknown until an avenant changes it.
PAPIER = "papier-"


@dataclass(frozen=True, slots=True)
class Clause:
    """An article of a signed text. `code` is its name from one text to the next, `source` the rank of the avenant that wrote it (0: the contract)."""

    code: str
    titre: str
    html: str
    source: int = 0

    @property
    def est_du_papier(self) -> bool:
        return self.code.startswith(PAPIER)

    @property
    def est_supprimee(self) -> bool:
        """Gone from a text on paper, where nothing else says so."""
        return self.est_du_papier and not self.html


@dataclass(frozen=True, slots=True)
class Changement:
    """What an avenant does to one article. `numero`: its place in the text before, from 1, 0 for an article added; `apres`: the code of the
    article that an added one follows, '' for the head of the text.
    """

    geste: Geste
    code: str
    titre: str
    html: str = ""
    numero: int = 0
    apres: str = ""


def changements(avant: Sequence[Clause], apres: Sequence[Clause]) -> tuple[Changement, ...]:
    """What leads from one text to the other, in the order of reading. An article that only moved is left where it was."""
    places = {c.code: rang for rang, c in enumerate(avant, 1)}
    anciens = {c.code: c for c in avant}
    lus, precedent = list[Changement](), ""
    for c in apres:
        ancien = anciens.get(c.code)
        if ancien is None:
            lus.append(Changement("ajoute", c.code, c.titre, c.html, apres=precedent))
        elif (ancien.titre, ancien.html) != (c.titre, c.html):
            lus.append(Changement("remplace", c.code, c.titre, c.html, numero=places[c.code]))
        precedent = c.code
    gardes = {c.code for c in apres}
    lus += [Changement("retire", c.code, c.titre, numero=places[c.code]) for c in avant if c.code not in gardes]
    return tuple(lus)


def appliquer(avant: Sequence[Clause], changes: Iterable[Changement], *, source: int) -> tuple[Clause, ...]:
    """The text once these changes are in it. One whose article is not there any more is without effect; an article added after one that is
    gone comes at the end. An article of a text on paper is first known by what changes it, and stays named once removed.
    """
    texte = list(avant)
    for c in changes:
        rang = next((i for i, lue in enumerate(texte) if lue.code == c.code), None)
        neuve = Clause(c.code, c.titre, c.html, source)
        if c.geste == "ajoute" and rang is None:
            voisin = next((i for i, lue in enumerate(texte) if lue.code == c.apres), None)
            texte.insert(0 if not c.apres else len(texte) if voisin is None else voisin + 1, neuve)
        elif neuve.est_du_papier:
            fin = len(texte) if rang is None else rang
            texte[fin : fin + 1] = [neuve]
        elif c.geste == "remplace" and rang is not None:
            texte[rang] = neuve
        elif c.geste == "retire" and rang is not None:
            del texte[rang]
    return tuple(texte)


def retenir(
    avant: Sequence[Clause], tous: Sequence[Changement], codes: Iterable[str], propre: Changement | None
) -> tuple[Changement, ...]:
    """The changes that an avenant keeps: those chosen, and its own wording of one article, which comes first when both touch it."""
    voulus = set(codes)
    gardes = [c for c in tous if c.code in voulus and (propre is None or c.code != propre.code)]
    if propre is not None:
        places = {c.code: rang for rang, c in enumerate(avant, 1)}
        dernier = gardes[-1].code if gardes and gardes[-1].geste == "ajoute" else avant[-1].code if avant else ""
        gardes.append(
            replace(propre, apres=dernier)
            if propre.geste == "ajoute"
            else replace(propre, numero=places.get(propre.code, 0))
        )
    return tuple(gardes)


def refus_effet(effet: date, *, jour: date, debut: date, fin: date | None, precedent: date | None) -> str:
    """Why an avenant may not take effect on a day, '' when it may: within its contract, and never before the avenant signed before it.

    `jour`: the day it is proposed, for its signatures all come after; `debut`: the contract's own effect; `fin`: the first day out of it.
    """
    if effet < debut:
        return f"Le contrat prend effet le {date_fr(debut)}\u00a0: choisissez ce jour ou un jour suivant."
    if fin is not None and effet >= fin:
        return f"Le contrat prend fin le {date_fr(fin)}\u00a0: choisissez un jour qui le précède."
    if effet < jour:
        return f"Choisissez le {date_fr(jour)} ou un jour suivant\u00a0: un avenant ne vaut pas pour le passé."
    if precedent is not None and effet < precedent:
        return f"L’avenant précédent prend effet le {date_fr(precedent)}\u00a0: choisissez ce jour ou un jour suivant."
    return ""


def date_effet(prevu: date, signe_le: date, precedent: date | None) -> date:
    """The day an avenant takes effect: the day it says, never before the third signature nor before the avenant signed before it."""
    return max(jour for jour in (prevu, signe_le, precedent) if jour is not None)

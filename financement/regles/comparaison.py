"""Two texts compared article by article and word by word: what a signatory reads before signing a new version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_MOTS = re.compile(r"\w+|\s+|[^\w\s]")
Operation = Literal["", "ins", "del"]


@dataclass(frozen=True)
class Passage:
    """An article as it is compared: its key, its title, its text with its marks of form; `lu`: the same without them, where it has some."""

    code: str
    titre: str
    texte: str
    lu: str = ""

    @property
    def lecture(self) -> str:
        return self.lu or self.texte


@dataclass(frozen=True)
class Ecart:
    """`genre`: ajoute, retire, modifie, presente (the same words in another form) or deplace. `fragments` = (operation, words), in reading order."""

    genre: str
    titre: str
    fragments: tuple[tuple[Operation, str], ...]


def ecarts(avant: Sequence[Passage], apres: Sequence[Passage]) -> list[Ecart]:
    """The articles that differ, in the order of the new text, those that went at the end; nothing when both read the same."""
    anciens, nouveaux = {p.code: p for p in avant}, {p.code: p for p in apres}
    communs = [p.code for p in avant if p.code in nouveaux]
    en_place = _en_place(communs, [p.code for p in apres if p.code in anciens])
    lus: list[Ecart] = []
    for p in apres:
        ancien = anciens.get(p.code)
        if ancien is None:
            lus.append(Ecart("ajoute", p.titre, (("ins", p.lecture),)))
        elif (ancien.titre, ancien.texte) != (p.titre, p.texte):
            memes = (ancien.titre, ancien.lecture) == (p.titre, p.lecture)
            genre = "presente" if memes else "modifie"
            lus.append(Ecart(genre, p.titre, mots(_entier(ancien, p), _entier(p, ancien))))
        elif p.code not in en_place:
            lus.append(Ecart("deplace", p.titre, ()))
    return [*lus, *(Ecart("retire", p.titre, (("del", p.lecture),)) for p in avant if p.code not in nouveaux)]


def mots(avant: str, apres: str) -> tuple[tuple[Operation, str], ...]:
    """The words kept, taken out and put in."""
    a, b = _MOTS.findall(avant), _MOTS.findall(apres)
    fragments: list[tuple[Operation, str]] = []
    for geste, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if geste == "equal":
            fragments.append(("", "".join(a[i1:i2])))
            continue
        if i2 > i1:
            fragments.append(("del", "".join(a[i1:i2])))
        if j2 > j1:
            fragments.append(("ins", "".join(b[j1:j2])))
    return tuple(fragments)


def _entier(p: Passage, autre: Passage) -> str:
    return f"{p.titre}\n{p.lecture}" if p.titre != autre.titre else p.lecture


def _en_place(avant: Sequence[str], apres: Sequence[str]) -> set[str]:
    """The longest run of articles that kept their order: only the others are said to have moved."""
    blocs = SequenceMatcher(None, avant, apres, autojunk=False).get_matching_blocks()
    return {code for bloc in blocs for code in avant[bloc.a : bloc.a + bloc.size]}

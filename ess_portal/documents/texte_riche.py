"""Rich text of seven tags, and the light markup in which a person writes it: blank line, « - », « 1. », **gras**, *italique*."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby

import nh3

from ess_portal.documents.donnees.structure import texte_propre

BALISES = frozenset({"p", "strong", "em", "ul", "ol", "li", "br"})
# What a paste may bring beside them, read for its meaning and then dropped.
_LUES = BALISES | {"b", "i", "div", "h1", "h2", "h3", "h4", "h5", "h6", "td", "blockquote"}
_PARAGRAPHES = _LUES - BALISES - {"b", "i"} | {"p"}
_COLLAGE = re.compile(
    r"</?(?:p|div|span|[uo]l|li|br|b|i|strong|em|font|table|h[1-6]|o:p|html|body|a)\b[^>]*>|<!--", re.I
)
_PUCE = re.compile(r"^\s*(?:[-–•·▪‣]|o\t)\s+(?=\S)")
_NUMERO = re.compile(r"^\s*\d{1,2}[.)]\s+(?=\S)")
_ACCENTS = re.compile(
    r"\*\*\*(?P<deux>\S(?:.*?\S)?)\*\*\*|\*\*(?P<gras>\S(?:.*?\S)?)\*\*|\*(?P<italique>[^\s*](?:[^*]*?[^\s*])?)\*", re.S
)


@dataclass(frozen=True)
class Morceau:
    """A run of text in one weight and slope; a line break is « \\n »."""

    texte: str
    gras: bool = False
    italique: bool = False


@dataclass
class Bloc:
    """A paragraph (`p`) or an item of a list (`ul`, `ol`); `liste` tells one list from the next."""

    genre: str
    liste: int = 0
    morceaux: list[Morceau] = field(default_factory=list)

    @property
    def texte(self) -> str:
        return "".join(m.texte for m in self.morceaux)


def nettoyer(riche: str) -> str:
    """Only the seven tags, without attributes, spaces as they are typed."""
    return nh3.clean(riche, tags=set(BALISES), attributes={}).replace("&nbsp;", "\u00a0")


def depuis_saisie(saisie: str) -> str:
    """What a person typed, or pasted from a word processor, as clean rich text; '' when nothing is left of it."""
    saisie = texte_propre(saisie)
    return _composer(_lire_collage(saisie) if _COLLAGE.search(saisie) else _lire_lignes(saisie))


def vers_saisie(riche: str) -> str:
    """The light markup of a rich text: typed again as it is, it gives the same text."""
    return _ecrire(riche, "- ", _accentuer)


def vers_lecture(riche: str) -> str:
    """The words of a rich text, its paragraphs and its lists, without a mark of form."""
    return _ecrire(riche, "–\u00a0", lambda m: m.texte)


def _ecrire(riche: str, puce: str, ecrire: Callable[[Morceau], str]) -> str:
    sorties = []
    for (genre, _), groupe in groupby(enumerate(blocs(riche)), key=lambda x: (x[1].genre, x[1].liste or -x[0])):
        lignes = []
        for rang, (_, bloc) in enumerate(groupe, 1):
            debut = {"ul": puce, "ol": f"{rang}. "}.get(genre, "")
            lignes.append(debut + "".join(map(ecrire, bloc.morceaux)))
        sorties.append("\n".join(lignes))
    return "\n\n".join(sorties)


def blocs(riche: str) -> list[Bloc]:
    """Its paragraphs and items, in order."""
    lecteur = _Lecteur()
    lecteur.feed(riche)
    lecteur.close()
    return lecteur.rendus()


class _Lecteur(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lus: list[Bloc] = []
        self.ouvert: Bloc | None = None
        self.listes: list[tuple[str, int]] = []
        self.nombre = self.gras = self.italique = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.nombre += 1
            self.listes.append((tag, self.nombre))
            self.ouvert = None
        elif tag == "li" or (
            tag in _PARAGRAPHES and not (self.listes and self.ouvert and not self.ouvert.texte.strip())
        ):
            self._ouvrir()
        elif tag == "br":
            self._ajouter("\n")
        self._style(tag, 1)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.listes:
            self.listes.pop()
            self.ouvert = None
        elif tag in _PARAGRAPHES | {"li"}:
            self.ouvert = None
        self._style(tag, -1)

    def handle_data(self, data: str) -> None:
        lu = re.sub(r"[ \t\n\r\f]+", " ", data)
        if lu.strip(" ") or (self.ouvert is not None and lu):
            self._ajouter(lu)

    def _style(self, tag: str, pas: int) -> None:
        if tag in ("b", "strong"):
            self.gras = max(0, self.gras + pas)
        elif tag in ("i", "em"):
            self.italique = max(0, self.italique + pas)

    def _ouvrir(self) -> None:
        genre, liste = self.listes[-1] if self.listes else ("p", 0)
        self.ouvert = Bloc(genre, liste)
        self.lus.append(self.ouvert)

    def _ajouter(self, texte: str) -> None:
        if self.ouvert is None:
            self._ouvrir()
        self.ouvert.morceaux.append(Morceau(texte, bool(self.gras), bool(self.italique)))

    def rendus(self) -> list[Bloc]:
        return [b for b in (_resserrer(b) for b in self.lus) if b.morceaux]


def _resserrer(bloc: Bloc) -> Bloc:
    """Neighbours of one style joined, the ends trimmed."""
    joints = [
        Morceau("".join(m.texte for m in groupe), *style)
        for style, groupe in groupby(bloc.morceaux, key=lambda m: (m.gras, m.italique))
    ]
    while joints and not joints[0].texte.strip():
        joints.pop(0)
    while joints and not joints[-1].texte.strip():
        joints.pop()
    if joints:
        joints[0] = Morceau(joints[0].texte.lstrip(), joints[0].gras, joints[0].italique)
        joints[-1] = Morceau(joints[-1].texte.rstrip(), joints[-1].gras, joints[-1].italique)
    return Bloc(bloc.genre, bloc.liste, joints)


def _lire_collage(colle: str) -> list[Bloc]:
    """HTML of a paste: its meaning kept; a paragraph that begins with a bullet, as Word writes them, is an item."""
    lus = blocs(nh3.clean(colle, tags=set(_LUES), attributes={}))
    rang = max((b.liste for b in lus), default=0) + 1
    for avant, bloc in zip([None, *lus], lus, strict=False):
        debut = bloc.morceaux[0]
        if bloc.genre == "p" and (puce := _PUCE.match(debut.texte)):
            if avant is None or avant.genre != "ul":
                rang += 1
            bloc.genre, bloc.liste = "ul", rang
            bloc.morceaux[0] = Morceau(debut.texte[puce.end() :], debut.gras, debut.italique)
    return lus


def _lire_lignes(saisie: str) -> list[Bloc]:
    lus: list[Bloc] = []
    liste, courant = 0, None
    for ligne in saisie.split("\n"):
        genre = "ul" if _PUCE.match(ligne) else "ol" if _NUMERO.match(ligne) else "p"
        if not ligne.strip():
            courant = None
        elif genre != "p":
            if courant is None or courant.genre != genre:
                liste += 1
            courant = Bloc(genre, liste, _morceler((_PUCE if genre == "ul" else _NUMERO).sub("", ligne).strip()))
            lus.append(courant)
        elif courant is not None:
            courant.morceaux += [Morceau("\n"), *_morceler(ligne.strip())]
        else:
            courant = Bloc("p", 0, _morceler(ligne.strip()))
            lus.append(courant)
    return [_resserrer(b) for b in lus]


def _morceler(ligne: str, gras: bool = False, italique: bool = False) -> list[Morceau]:
    morceaux, debut = [], 0
    for trouve in _ACCENTS.finditer(ligne):
        if trouve.start() > debut:
            morceaux.append(Morceau(ligne[debut : trouve.start()], gras, italique))
        genre = trouve.lastgroup
        morceaux += _morceler(trouve[genre], gras or genre != "italique", italique or genre != "gras")
        debut = trouve.end()
    if debut < len(ligne):
        morceaux.append(Morceau(ligne[debut:], gras, italique))
    return morceaux


def _accentuer(m: Morceau) -> str:
    signe = "*" * (2 * m.gras + m.italique)
    coeur = m.texte.strip(" ")
    if not signe or not coeur.strip():
        return m.texte
    avant, apres = m.texte.split(coeur, 1) if coeur else ("", "")
    return f"{avant}{signe}{coeur}{signe}{apres}"


def _composer(lus: list[Bloc]) -> str:
    sortie = []
    for (genre, liste), groupe in groupby((b for b in lus if b.morceaux), key=lambda b: (b.genre, b.liste)):
        corps = ["".join(_baliser(m) for m in bloc.morceaux) for bloc in groupe]
        if liste:
            sortie.append(f"<{genre}>{''.join(f'<li>{c}</li>' for c in corps)}</{genre}>")
        else:
            sortie += [f"<p>{c}</p>" for c in corps]
    return nettoyer("".join(sortie))


def _baliser(m: Morceau) -> str:
    texte = html.escape(m.texte, quote=False).replace("\n", "<br>")
    if m.italique:
        texte = f"<em>{texte}</em>"
    return f"<strong>{texte}</strong>" if m.gras else texte

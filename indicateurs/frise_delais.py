"""The drawn timeline of computed deadlines: one row per rule, what elapsed in vain in grey, the delay that counts in blue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from dossiers.regles.explication import MOIS
from ess_portal.socle.typographie import date_fr

LARGEUR, MARGE, LIGNE, HAUT = 680, 8, 46, 34
BARRE_MIN = 4
BORD = 26
PARTAGEES = ("DL-8", "DL-10")
GRADUATIONS_MAX = 9
_JOUR = re.compile(r"(\d{1,2})(?:er)?\s(\w+)\s(\d{4})")


@dataclass(frozen=True)
class Barre:
    x: int
    largeur: int
    forme: str


@dataclass
class Ligne:
    y: int
    libelle: str
    texte: str
    barres: list[Barre] = field(default_factory=list)
    reperes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Frise:
    debut: date
    fin: date
    hauteur: int
    graduations: list[tuple[int, str]]
    lignes: list[Ligne]
    largeur: int = LARGEUR

    @property
    def a_des_arrets(self) -> bool:
        return any(b.forme != "compte" for ligne in self.lignes for b in ligne.barres)


def frise(echeances: Sequence[dict[str, Any]]) -> Frise | None:
    """From the lines of the page (`dernier_jour` a date, `explication` the steps); None when no day can be drawn."""
    departs = {id(e): _departs(e) for e in echeances}
    jours = [j for e in echeances for j in (*departs[id(e)], e["dernier_jour"]) if j is not None]
    if not jours or min(jours) == max(jours):
        return None
    debut, fin = min(jours), max(jours)

    def x(jour: date) -> int:
        return MARGE + round((LARGEUR - 2 * MARGE) * (jour - debut).days / (fin - debut).days)

    lignes: list[Ligne] = []
    for regle, groupe in groupby(echeances, key=lambda e: e["regle"]):
        serie = list(groupe)
        for partie in [serie] if regle == "DL-7" else [[e] for e in serie]:
            ligne = Ligne(HAUT + LIGNE * len(lignes), _libelle(partie[0]), _texte(partie))
            _tracer(ligne, partie, departs[id(partie[0])], fin, x)
            lignes.append(ligne)
    return Frise(debut, fin, HAUT + LIGNE * len(lignes), _graduations(debut, fin, x), lignes)


def _tracer(ligne: Ligne, partie: list[dict[str, Any]], departs: list[date], fin: date, x: Any) -> None:
    terme = partie[-1]["dernier_jour"]
    ligne.reperes = [x(e["dernier_jour"]) for e in partie if e["dernier_jour"]]
    if not departs:
        return
    premier, dernier = x(departs[0]), x(departs[-1])
    if terme is None:
        ligne.barres.append(Barre(premier, max(x(fin) - premier, BARRE_MIN), "arret"))
        return
    if dernier > premier:
        ligne.barres.append(Barre(premier, dernier - premier, "perdu"))
    ligne.barres.append(Barre(dernier, max(x(terme) - dernier, BARRE_MIN), "compte"))


def _libelle(e: dict[str, Any]) -> str:
    """The rules that the letter and the projet share say which of the two they are about."""
    return f"{e['libelle']} ({e['objet'].lower()})" if e["regle"] in PARTAGEES else e["libelle"]


def _texte(partie: list[dict[str, Any]]) -> str:
    e = partie[0]
    if e["suspendue"]:
        return "suspendu"
    if e["dernier_jour"] is None:
        return "sans date"
    if len(partie) > 1:
        return f"chaque année, du {date_fr(e['dernier_jour'])} au {date_fr(partie[-1]['dernier_jour'])}"
    return date_fr(e["dernier_jour"])


def _departs(e: dict[str, Any]) -> list[date]:
    """The starting day and those that replaced it, read in the explanation; its result, when there is one, is no start."""
    etapes = e["explication"][:-1] if e["dernier_jour"] else e["explication"]
    return sorted(j for j in (_jour(etape["valeur"]) for etape in etapes) if j is not None)


def _jour(valeur: str) -> date | None:
    lu = _JOUR.fullmatch(valeur)
    return date(int(lu[3]), MOIS.index(lu[2]) + 1, int(lu[1])) if lu and lu[2] in MOIS else None


def _graduations(debut: date, fin: date, x: Any) -> list[tuple[int, str]]:
    """The first of a month, every so many months that the labels do not touch."""
    rang, dernier = debut.year * 12 + debut.month, fin.year * 12 + fin.month - 1
    pas = next((p for p in (1, 3, 6, 12, 24, 60) if (dernier - rang) // p < GRADUATIONS_MAX), 120)
    rangs = [r for r in range(rang, dernier + 1) if r % pas == 0]
    reperes = [(x(date(r // 12, r % 12 + 1, 1)), f"{r % 12 + 1:02}/{r // 12}") for r in rangs]
    return [(place, nom) for place, nom in reperes if BORD <= place <= LARGEUR - BORD]

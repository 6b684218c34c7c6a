"""The calendar of the six next months: a column per week, a line per day, drawn as SVG by the server, with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ess_portal.socle.typographie import JOURS, MOIS, accord, jour_fr

SEMAINES = 27
PAS_X, PAS_Y, GAUCHE, HAUT = 44, 27, 52, 44


@dataclass(frozen=True)
class Cellule:
    x: int
    y: int
    niveau: int
    nombre: int
    tacites: int
    etat: str  # "passe", "jour" (today) or ""
    titre: str


@dataclass(frozen=True)
class Calendrier:
    largeur: int
    hauteur: int
    cellules: tuple[Cellule, ...]
    mois: tuple[tuple[int, str], ...]
    semaines: tuple[tuple[int, int], ...]
    jours: tuple[tuple[int, str], ...]
    lignes: tuple[tuple[str, int, int], ...]
    total: int
    tacites: int
    debut: date
    fin: date


def dernier_jour(aujourdhui: date) -> date:
    """The Sunday of the last column."""
    return aujourdhui - timedelta(days=aujourdhui.weekday()) + timedelta(weeks=SEMAINES, days=-1)


def dessiner(par_jour: Mapping[date, tuple[int, int]], aujourdhui: date) -> Calendrier:
    """Counts by day → cells. A day of the past of this week is hatched; the number stands in the cell, a T for a tacit one."""
    lundi = aujourdhui - timedelta(days=aujourdhui.weekday())
    cellules, mois, semaines = [], [], []
    for colonne in range(SEMAINES):
        debut = lundi + timedelta(weeks=colonne)
        x = GAUCHE + colonne * PAS_X
        semaines.append((x + PAS_X // 2, debut.day))
        if colonne == 0 or debut.day <= 7:
            if mois and x - mois[-1][0] < 2 * PAS_X:
                mois.pop()
            mois.append((x, MOIS[debut.month]))
        for rang in range(7):
            jour = debut + timedelta(days=rang)
            nombre, tacites = par_jour.get(jour, (0, 0))
            cellules.append(
                Cellule(
                    x,
                    HAUT + rang * PAS_Y,
                    min(nombre, 4),
                    nombre,
                    tacites,
                    _etat(jour, aujourdhui),
                    _titre(jour, nombre, tacites),
                )
            )
    lignes = tuple((jour_fr(j), n, t) for j, (n, t) in sorted(par_jour.items()))
    return Calendrier(
        largeur=GAUCHE + SEMAINES * PAS_X,
        hauteur=HAUT + 7 * PAS_Y,
        cellules=tuple(cellules),
        mois=tuple(mois),
        semaines=tuple(semaines),
        jours=tuple((HAUT + rang * PAS_Y + 17, f"{nom[:3]}.") for rang, nom in enumerate(JOURS)),
        lignes=lignes,
        total=sum(n for n, _ in par_jour.values()),
        tacites=sum(t for _, t in par_jour.values()),
        debut=aujourdhui,
        fin=dernier_jour(aujourdhui),
    )


def _etat(jour: date, aujourdhui: date) -> str:
    if jour < aujourdhui:
        return "passe"
    return "jour" if jour == aujourdhui else ""


def _titre(jour: date, nombre: int, tacites: int) -> str:
    if not nombre:
        return ""
    suite = (
        f", dont {accord(tacites, 'validation tacite possible', 'validations tacites possibles')}" if tacites else ""
    )
    return f"{jour_fr(jour)}\u00a0: {accord(nombre, 'échéance')}{suite}"

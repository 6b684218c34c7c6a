"""The curve of the adhérents libéraux against the targets: coordinates for the page's drawing, and the same as a table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ess_portal.socle.typographie import date_fr

from .seuils import Suivi

LARGEUR, HAUTEUR = 720, 300
GAUCHE, DROITE, HAUT, BAS = 44, 118, 14, 34
MARGE_JOURS = 30


def dessiner(suivi: Suivi, jour: date) -> dict[str, Any] | None:
    """None before the first adhésion: there is nothing to draw. The axis goes on to the nearest projected day, a year at most."""
    if suivi.premiere is None:
        return None
    prevus = [p.projection.jour for p in suivi.paliers if p.projection.etat == "prevu" and p.projection.jour]
    debut = suivi.premiere - timedelta(days=MARGE_JOURS)
    bout = max([d for d in prevus if d <= jour + timedelta(days=365)], default=jour)
    fin = max(bout, jour) + timedelta(days=MARGE_JOURS)
    requis = [p.requis for p in suivi.paliers if p.requis is not None]
    sommet = max([n for _, n in suivi.marches] + requis + [1])
    sommet += max(1, sommet // 12)

    def x(d: date) -> float:
        return round(GAUCHE + (LARGEUR - GAUCHE - DROITE) * (d - debut).days / max((fin - debut).days, 1), 1)

    def y(n: float) -> float:
        return round(HAUT + (HAUTEUR - HAUT - BAS) * (1 - n / sommet), 1)

    passees = [(d, n) for d, n in suivi.marches if d <= jour]
    trace = [f"M{x(passees[0][0]):g} {y(0):g}V{y(passees[0][1]):g}"] + [f"H{x(d):g}V{y(n):g}" for d, n in passees[1:]]
    chemin = "".join(trace) + f"H{x(jour):g}"
    actuel = passees[-1][1]
    projections = [
        f"M{x(jour):g} {y(actuel):g}L{x(p.projection.jour):g} {y(p.requis):g}"
        for p in suivi.paliers
        if p.projection.etat == "prevu" and p.requis is not None and p.projection.jour and p.projection.jour <= fin
    ]
    return {
        "largeur": LARGEUR,
        "hauteur": HAUTEUR,
        "gauche": GAUCHE,
        "droite": LARGEUR - DROITE,
        "bas": HAUTEUR - BAS,
        "chemin": chemin,
        "aire": f"{chemin}V{y(0):g}Z",
        "projections": projections,
        "jour_x": f"{x(jour):g}",
        "point": (f"{x(jour):g}", f"{y(actuel):g}"),
        "actuel": actuel,
        "lignes_requis": [
            {"y": f"{y(p.requis):g}", "texte_y": f"{y(p.requis) + 4:g}", "texte": f"{p.pour_cent}\u00a0%\u00a0: {p.requis}", "nom": p.nom}
            for p in suivi.paliers
            if p.requis is not None
        ],
        "graduations": [(f"{y(n):g}", f"{y(n) + 4:g}", n) for n in _graduations(sommet)],
        "dates": [(f"{x(d):g}", f"{d:%m/%Y}") for d in _mois(debut, fin)],
        "table": [(date_fr(d), n, n - avant) for (d, n), avant in zip(passees, [0, *(n for _, n in passees)], strict=False)],
    }  # fmt: skip


def _graduations(sommet: int) -> list[int]:
    pas = next(p * 10**k for k in range(6) for p in (1, 2, 5) if sommet / (p * 10**k) <= 6)
    return list(range(0, sommet + 1, pas))


def _mois(debut: date, fin: date) -> list[date]:
    """First days of months, six at most."""
    premiers, d = [], date(debut.year, debut.month, 1)
    while d <= fin:
        if d >= debut:
            premiers.append(d)
        d = date(d.year + d.month // 12, d.month % 12 + 1, 1)
    return premiers[:: max(1, -(-len(premiers) // 6))]

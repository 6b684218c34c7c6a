"""Who counts on a day (ADH-1, FIN-9): a sweep over the history of adhésions, once per RPPS per day, exit day included."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ess_portal.referentiel.regles.professions import LIBERAUX, MEDECINE_GENERALE


@dataclass(frozen=True, slots=True)
class Periode:
    """One adhésion as it counts: from the day of the signature to the exit day included (None: still in)."""

    rpps: str
    entree: date
    sortie: date | None = None
    specialite: str = ""
    mode: str = "liberal"


def compte(p: Periode, *, comptes_dotation: str = "medecins_hors_mg", specialites: Collection[str] = ()) -> bool:
    """FIN-9: does this adhésion count for the dotation under this setting?"""
    if p.specialite in MEDECINE_GENERALE:
        return False
    if comptes_dotation == "liberaux":
        return p.mode in LIBERAUX
    if comptes_dotation == "specialite":
        return p.specialite in specialites
    return True


def effectif_du_jour(
    periodes: Iterable[Periode],
    jour: date,
    *,
    comptes_dotation: str = "medecins_hors_mg",
    specialites: Collection[str] = (),
) -> int:
    """Distinct RPPS that count on a day."""
    return len(
        {
            p.rpps
            for p in periodes
            if p.entree <= jour
            and (p.sortie is None or jour <= p.sortie)
            and compte(p, comptes_dotation=comptes_dotation, specialites=specialites)
        }
    )


def courbe(
    periodes: Iterable[Periode],
    debut: date,
    fin: date,
    *,
    comptes_dotation: str = "medecins_hors_mg",
    specialites: Collection[str] = (),
) -> list[tuple[date, int]]:
    """The headcount of each day from `debut` to `fin` included, as steps [(du, nombre)]; the first step is at `debut`."""
    if fin < debut:
        raise ValueError("la période finit avant de commencer")
    mouvements: dict[date, list[tuple[str, int]]] = {}
    for p in periodes:
        if not compte(p, comptes_dotation=comptes_dotation, specialites=specialites):
            continue
        if p.entree > fin or (p.sortie is not None and p.sortie < max(debut, p.entree)):
            continue
        mouvements.setdefault(max(p.entree, debut), []).append((p.rpps, 1))
        if p.sortie is not None and p.sortie < fin:
            mouvements.setdefault(p.sortie + timedelta(days=1), []).append((p.rpps, -1))
    presents: dict[str, int] = {}
    marches: list[tuple[date, int]] = []
    for jour in sorted({debut, *mouvements}):
        for rpps, sens in mouvements.get(jour, ()):
            presents[rpps] = presents.get(rpps, 0) + sens
            if not presents[rpps]:
                del presents[rpps]
        if not marches or marches[-1][1] != len(presents):
            marches.append((jour, len(presents)))
    return marches


def doubles(periodes: Iterable[Periode], autres: Iterable[Periode]) -> list[tuple[Periode, Periode]]:
    """ADH-2: adhésions of the same professional in another team of the group on the same days."""
    par_rpps: dict[str, list[Periode]] = {}
    for a in autres:
        par_rpps.setdefault(a.rpps, []).append(a)
    return [
        (p, a)
        for p in periodes
        for a in par_rpps.get(p.rpps, ())
        if p.entree <= (a.sortie or date.max) and a.entree <= (p.sortie or date.max)
    ]

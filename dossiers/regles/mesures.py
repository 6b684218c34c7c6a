"""CRI-1d and CRI-4 in figures: one measure for the whole, and one for each specialty where there are several (DER-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChiffresGroupe:
    """The figures of one specialty group on the territory (DER-2); None where no source gives them by group."""

    liberaux: int | None = None
    presents: int | None = None
    adherents: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Mesure:
    """`groupes`: the specialties it is about. `conforme` None when a figure is missing."""

    groupes: tuple[str, ...]
    conforme: bool | None
    phrase: str


@dataclass(frozen=True, slots=True)
class Chiffres:
    """The whole territory, and by group where there are several specialties; `noms`: group → words."""

    total: ChiffresGroupe
    groupes: tuple[str, ...] = ()
    est_pluri: bool = False
    par_groupe: Mapping[str, ChiffresGroupe] = field(default_factory=dict)
    noms: Mapping[str, str] = field(default_factory=dict)

    def detail(self) -> list[tuple[str, str, ChiffresGroupe]]:
        """(group, its name, its figures), where there are several."""
        if not self.est_pluri:
            return []
        return [(g, self.noms.get(g, g), self.par_groupe.get(g, ChiffresGroupe())) for g in self.groupes]


def requis(base: int, pour_cent: int) -> int | None:
    """Adhérents needed, integers only (CRI-4): the least a with 100 × a ≥ pour_cent × base; None without base."""
    return None if base <= 0 else -(-pour_cent * base // 100)


def medecins(c: Chiffres, minimum: int, base: str) -> tuple[Mesure, ...]:
    """CRI-1d, the whole first."""
    liberaux = base == "liberaux"
    mode = "libéraux" if liberaux else "tous modes d’exercice"
    n = c.total.liberaux if liberaux else c.total.presents
    phrase = (
        "Nombre de médecins non renseigné."
        if n is None
        else f"{n} médecins de la spécialité, {mode}, pour {minimum} requis."
    )
    lignes = [Mesure(c.groupes, None if n is None else n >= minimum, phrase)]
    for groupe, nom, chiffres in c.detail():
        m = chiffres.liberaux if liberaux else chiffres.presents
        dit = "nombre de médecins non renseigné" if m is None else f"{m} pour {minimum} requis"
        lignes.append(Mesure((groupe,), None if m is None else m >= minimum, f"{nom}\u00a0: {dit}."))
    return tuple(lignes)


def adherents(c: Chiffres, pour_cent: int, base: str) -> tuple[Mesure, ...]:
    """CRI-4, the whole first. Without any libéral it is not evaluable, and never met."""
    conforme, phrase = _adherents(c.total, pour_cent, base)
    lignes = [Mesure(c.groupes, conforme, phrase)]
    for groupe, nom, chiffres in c.detail():
        conforme, phrase = _adherents(chiffres, pour_cent, base)
        lignes.append(Mesure((groupe,), conforme, f"{nom}\u00a0: {phrase[0].lower()}{phrase[1:]}"))
    return tuple(lignes)


def _adherents(c: ChiffresGroupe, pour_cent: int, base: str) -> tuple[bool | None, str]:
    n = c.liberaux if base == "liberaux" else c.presents
    if n is None or c.adherents is None:
        return None, "Nombre de libéraux ou d’adhérents non renseigné."
    seuil = requis(n, pour_cent)
    if seuil is None:
        return False, "Aucun libéral de la spécialité sur le territoire\u00a0: seuil non évaluable, jamais atteint."
    return c.adherents >= seuil, f"{c.adherents} adhérents libéraux sur {n}, {seuil} requis."

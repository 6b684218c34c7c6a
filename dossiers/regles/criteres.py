"""The criteria of the cahier des charges (§2), evaluated on frozen facts: each says what it found, where, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres


@dataclass(frozen=True, slots=True)
class Critere:
    libelle: str
    derogation: str = ""
    humain: bool = False


CRITERES: Mapping[str, Critere] = {
    "CRI-1a": Critere("Au moins un département entier", "CRI-1a"),
    "CRI-1b": Critere("Périmètre continu"),
    "CRI-1c": Critere("Unicité de la spécialité", "CRI-1c"),
    "CRI-1d": Critere("Dix médecins présents", "CRI-1d"),
    "CRI-2": Critere("Articulation avec l’existant", humain=True),
    "CRI-3": Critere("Professionnels hospitaliers", humain=True),
    "CRI-4": Critere("10\u00a0% de libéraux adhérents", "CRI-4"),
    "CRI-5": Critere("Une spécialité, pas une pathologie", humain=True),
    "CRI-6": Critere("Association loi 1901"),
    "CRI-7": Critere("Besoin réel d’accès", humain=True),
    "DER-1": Critere("Une seule spécialité, ou une dérogation", "DER-1"),
    "DEF-1": Critere("Spécialité éligible"),
}


@dataclass(frozen=True, slots=True)
class Conflit:
    """Another ESS or letter on the same specialty and département. `etat`: conforme, non_conforme, instruction."""

    numero: str
    nom: str
    departements: tuple[str, ...]
    etat: str


@dataclass(frozen=True, slots=True)
class DerogationFait:
    """`accordee` None while the CPN has not decided: silence never grants one."""

    portee: frozenset[str]
    accordee: bool | None
    valide_du: date | None = None
    valide_au: date | None = None

    def vaut(self, code: str, jour: date) -> bool:
        if not self.accordee or code not in self.portee:
            return False
        return (self.valide_du is None or self.valide_du <= jour) and (self.valide_au is None or jour <= self.valide_au)


@dataclass(frozen=True, kw_only=True)
class FaitsCriteres:
    """`jugements`: code → (avis, motif), avis in conforme, reserve, non_conforme."""

    jour: date
    departements: tuple[str, ...] = ()
    morceaux: int = 0
    specialites: tuple[str, ...] = ()
    est_pluri: bool = False
    eligibilites: Mapping[str, str] = field(default_factory=dict)
    medecins_presents: int | None = None
    liberaux: int | None = None
    adherents_liberaux: int | None = None
    source: str = ""
    conflits: tuple[Conflit, ...] = ()
    derogations: tuple[DerogationFait, ...] = ()
    jugements: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cooperations: str = ""
    hospitaliers: str = ""
    association: str = ""


@dataclass(frozen=True, slots=True)
class Constat:
    """`conforme`: True, False, or None when it cannot be said (or when a human must judge). `bloquant`: False where the rule only warns."""

    code: str
    libelle: str
    conforme: bool | None
    constat: str
    source: str = ""
    bloquant: bool = True
    derogation: bool = False


def evaluer(f: FaitsCriteres, p: Parametres) -> tuple[Constat, ...]:
    """Every criterion in the order of the grid. A dérogation in force lifts the checks of its scope only (DER-1)."""
    return tuple(
        _deroger(c, f)
        for c in (
            _perimetre(f),
            _continuite(f),
            _unicite(f, p),
            _medecins(f, p),
            _declare("CRI-2", f, f.cooperations),
            _declare("CRI-3", f, f.hospitaliers),
            _adherents(f, p),
            _humain("CRI-5", f),
            _association(f),
            _humain("CRI-7", f),
            _mono(f),
            _eligible(f),
        )
    )


def _deroger(c: Constat, f: FaitsCriteres) -> Constat:
    code = CRITERES[c.code].derogation
    jugement = f.jugements.get(c.code)
    if c.conforme is False and code and any(d.vaut(code, f.jour) for d in f.derogations):
        return Constat(
            c.code, c.libelle, True, f"{c.constat} Dérogation de la CPN en vigueur.", c.source, c.bloquant, True
        )
    if jugement and not CRITERES[c.code].humain and c.conforme is not False and jugement[0] == "non_conforme":
        return Constat(
            c.code, c.libelle, False, f"{c.constat} {jugement[1]}".strip(), "Jugement de l’instruction", c.bloquant
        )
    return c


def _c(
    code: str, conforme: bool | None, constat: str, source: str = "Contrôle automatique", *, bloquant: bool = True
) -> Constat:
    return Constat(code, CRITERES[code].libelle, conforme, constat, source, bloquant)


def _perimetre(f: FaitsCriteres) -> Constat:
    n = len(f.departements)
    return _c(
        "CRI-1a",
        n >= 1,
        f"{n} département{'s' if n > 1 else ''} entier{'s' if n > 1 else ''}\u00a0: {', '.join(f.departements)}."
        if n
        else "Aucun département.",
    )


def _continuite(f: FaitsCriteres) -> Constat:
    return _c(
        "CRI-1b",
        f.morceaux == 1,
        "Territoire d’un seul tenant." if f.morceaux == 1 else f"Territoire en {f.morceaux} morceaux.",
        bloquant=False,
    )


def _unicite(f: FaitsCriteres, p: Parametres) -> Constat:
    """CRI-1c: blocking against a conforming ESS (any ESS when strict), a warning against an older one or a letter in instruction."""
    bloquants = [c for c in f.conflits if c.etat == "conforme" or (c.etat == "non_conforme" and p.unicite_stricte)]
    autres = [c for c in f.conflits if c not in bloquants]
    if bloquants:
        noms = ", ".join(f"{c.nom} ({_ou(c)})" for c in bloquants)
        return _c("CRI-1c", False, f"Territoire déjà couvert\u00a0: {noms}.")
    if autres:
        instruits = [c for c in autres if c.etat == "instruction"]
        anciens = [c for c in autres if c.etat != "instruction"]
        phrases = []
        if anciens:
            phrases.append(
                "ESS antérieure non conforme\u00a0: " + ", ".join(f"{c.nom} ({_ou(c)})" for c in anciens) + "."
            )
        if instruits:
            phrases.append(
                "Lettre concurrente en instruction\u00a0: "
                + ", ".join(f"{c.numero or 'un projet'} ({', '.join(c.departements)})" for c in instruits)
                + "."
            )
        return _c("CRI-1c", None, " ".join(phrases), bloquant=False)
    return _c("CRI-1c", True, "Aucune autre ESS de la spécialité sur ce territoire.")


def _ou(c: Conflit) -> str:
    """Its number, for who may know it, and the départements in common."""
    return ", ".join(([f"n°\u00a0{c.numero}"] if c.numero else []) + list(c.departements))


def _medecins(f: FaitsCriteres, p: Parametres) -> Constat:
    n = f.liberaux if p.base_dix_medecins == "liberaux" else f.medecins_presents
    if n is None:
        return _c("CRI-1d", None, "Nombre de médecins non renseigné.", "Lettre")
    mode = "libéraux" if p.base_dix_medecins == "liberaux" else "tous modes d’exercice"
    return _c(
        "CRI-1d",
        n >= p.medecins_minimum,
        f"{n} médecins de la spécialité, {mode}, pour {p.medecins_minimum} requis.",
        f.source or "Lettre",
    )


def requis(base: int, pour_cent: int) -> int | None:
    """Adhérents needed, integers only (CRI-4): the least a with 100 × a ≥ pour_cent × base; None without base."""
    return None if base <= 0 else -(-pour_cent * base // 100)


def _adherents(f: FaitsCriteres, p: Parametres) -> Constat:
    base = f.liberaux if p.base_seuil_adherents == "liberaux" else f.medecins_presents
    if base is None or f.adherents_liberaux is None:
        return _c("CRI-4", None, "Nombre de libéraux ou d’adhérents non renseigné.", "Lettre")
    seuil = requis(base, p.seuil_creation)
    if seuil is None:
        return _c(
            "CRI-4",
            False,
            "Aucun libéral de la spécialité sur le territoire\u00a0: seuil non évaluable, jamais atteint.",
            f.source,
        )
    return _c(
        "CRI-4",
        f.adherents_liberaux >= seuil,
        f"{f.adherents_liberaux} adhérents libéraux sur {base}, {seuil} requis.",
        f.source or "Lettre",
    )


def _declare(code: str, f: FaitsCriteres, texte: str) -> Constat:
    if code in f.jugements:
        return _humain(code, f)
    resume = texte.strip().split("\n")[0][:200]
    return _c(code, bool(texte.strip()) or None, resume or "Rien n’est déclaré.", "Lettre")


def _humain(code: str, f: FaitsCriteres) -> Constat:
    """A criterion that a human judges (CRI-5, CRI-7): None until somebody has."""
    if code not in f.jugements:
        return _c(code, None, "À examiner par l’instruction.", "Jugement attendu")
    avis, motif = f.jugements[code]
    libelles = {"conforme": "Conforme.", "reserve": "Réserve\u00a0:", "non_conforme": "Non conforme\u00a0:"}
    return _c(code, avis != "non_conforme", f"{libelles[avis]} {motif}".strip(), "Jugement de l’instruction")


def _association(f: FaitsCriteres) -> Constat:
    return _c("CRI-6", bool(f.association), f.association or "Association non déclarée.", "Déclaration de l’équipe")


def _mono(f: FaitsCriteres) -> Constat:
    return _c(
        "DER-1",
        not f.est_pluri,
        "Une seule spécialité." if not f.est_pluri else f"Plusieurs spécialités\u00a0: {', '.join(f.specialites)}.",
    )


def _eligible(f: FaitsCriteres) -> Constat:
    exclues = [c for c in f.specialites if f.eligibilites.get(c, "non") == "non"]
    douteuses = [c for c in f.specialites if f.eligibilites.get(c) == "a_confirmer"]
    if exclues or not f.specialites:
        return _c("DEF-1", False, "Spécialité hors du champ des ESS.")
    return (
        _c("DEF-1", None, "Éligibilité à confirmer par l’ARS.", bloquant=False)
        if douteuses
        else _c("DEF-1", True, "Spécialité éligible.")
    )

"""The criteria of the cahier des charges (§2), evaluated on frozen facts: each says what it found, where, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres

from .derogations import CPN, DerogationFait, levante, mention
from .mesures import Chiffres, ChiffresGroupe, Mesure, adherents, medecins, requis


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
    groupes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FaitsCriteres:
    """`jugements`: code → (avis, motif), avis in conforme, reserve, non_conforme. `par_groupe`: where there are several specialties."""

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
    par_groupe: Mapping[str, ChiffresGroupe] = field(default_factory=dict)
    groupes: tuple[str, ...] = ()
    noms_groupes: Mapping[str, str] = field(default_factory=dict)
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
        _deroger(c, f, p)
        for c in (
            _perimetre(f),
            _continuite(f),
            _unicite(f, p),
            _mesurer("CRI-1d", medecins(_chiffres(f), p.medecins_minimum, p.base_dix_medecins), f),
            _declare("CRI-2", f, f.cooperations),
            _declare("CRI-3", f, f.hospitaliers),
            _mesurer("CRI-4", adherents(_chiffres(f), p.seuil_creation, p.base_seuil_adherents), f),
            _humain("CRI-5", f),
            _association(f),
            _humain("CRI-7", f),
            _mono(f),
            _eligible(f),
        )
    )


def _deroger(c: Constat, f: FaitsCriteres, p: Parametres) -> Constat:
    """The checks that are made once for all specialties; the others are lifted measure by measure."""
    code = CRITERES[c.code].derogation
    if c.conforme is False and code and not c.derogation and c.code not in _MESURES:
        qui = levante(f.derogations, code, f.jour, assouplissement=p.assouplissement)
        if qui:
            return Constat(c.code, c.libelle, True, f"{c.constat} {mention(qui)}", c.source, c.bloquant, True)
    jugement = f.jugements.get(c.code)
    if jugement and not CRITERES[c.code].humain and c.conforme is not False and jugement[0] == "non_conforme":
        return Constat(
            c.code, c.libelle, False, f"{c.constat} {jugement[1]}".strip(), "Jugement de l’instruction", c.bloquant
        )
    return c


_MESURES = frozenset({"CRI-1c", "CRI-1d", "CRI-4"})


def _mesurer(code: str, mesures: tuple[Mesure, ...], f: FaitsCriteres) -> Constat:
    """All of them must hold, but those that a dérogation lifts (DER-2). A specialty's missing figure warns; the whole's is awaited."""
    phrases, etats, derogation = [], [], False
    for m in mesures:
        leve = m.conforme is False and bool(levante(f.derogations, code, f.jour, m.groupes))
        derogation |= leve
        phrases.append(f"{m.phrase} {mention(CPN)}" if leve else m.phrase)
        etats.append(True if leve else m.conforme)
    constat, source = " ".join(phrases), f.source or "Lettre"
    if False in etats:
        return Constat(code, CRITERES[code].libelle, False, constat, source)
    manque = None in etats
    bloquant = etats[0] is None or not manque
    return Constat(code, CRITERES[code].libelle, None if manque else True, constat, source, bloquant, derogation)


def _chiffres(f: FaitsCriteres) -> Chiffres:
    total = ChiffresGroupe(f.liberaux, f.medecins_presents, f.adherents_liberaux, f.source)
    return Chiffres(total, f.groupes, f.est_pluri, f.par_groupe, f.noms_groupes)


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
    genants = [c for c in f.conflits if c.etat == "conforme" or (c.etat == "non_conforme" and p.unicite_stricte)]
    bloquants = [c for c in genants if not levante(f.derogations, "CRI-1c", f.jour, c.groupes or f.groupes)]
    if bloquants:
        return _c("CRI-1c", False, f"Territoire déjà couvert\u00a0: {_noms(bloquants)}.")
    if genants:
        phrase = f"Territoire déjà couvert\u00a0: {_noms(genants)}. {mention(CPN)}"
        return Constat("CRI-1c", CRITERES["CRI-1c"].libelle, True, phrase, "Contrôle automatique", derogation=True)
    instruits = [c for c in f.conflits if c.etat == "instruction"]
    anciens = [c for c in f.conflits if c.etat != "instruction"]
    phrases = [f"ESS antérieure non conforme\u00a0: {_noms(anciens)}."] if anciens else []
    if instruits:
        noms = ", ".join(f"{c.numero or 'un projet'} ({', '.join(c.departements)})" for c in instruits)
        phrases.append(f"Lettre concurrente en instruction\u00a0: {noms}.")
    if phrases:
        return _c("CRI-1c", None, " ".join(phrases), bloquant=False)
    return _c("CRI-1c", True, "Aucune autre ESS de la spécialité sur ce territoire.")


def _noms(conflits: list[Conflit]) -> str:
    return ", ".join(f"{c.nom} ({_ou(c)})" for c in conflits)


def _ou(c: Conflit) -> str:
    """Its number, for who may know it, and the départements in common."""
    return ", ".join(([f"n°\u00a0{c.numero}"] if c.numero else []) + list(c.departements))


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


__all__ = [
    "CRITERES",
    "ChiffresGroupe",
    "Conflit",
    "Constat",
    "Critere",
    "DerogationFait",
    "FaitsCriteres",
    "evaluer",
    "requis",
]

"""Clauses are data: a text with named, typed variables, filled before the template. An ARS's own text has the same shape."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from ess_portal.documents import mise_en_forme
from ess_portal.documents.donnees.communs import Clause

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_ELISION = re.compile(r"\bde \{tribunal\}")
_FORMES = {
    "texte": (str, str),
    "jour": (date, mise_en_forme.jour),
    "montant": (Decimal, mise_en_forme.montant),
    "nombre": (int, mise_en_forme.nombre),
}


class ClauseInvalide(ValueError):
    """A variable is unknown, absent or of the wrong type."""


@dataclass(frozen=True)
class ModeleClauses:
    code: str
    version: str
    variables: Mapping[str, str]
    clauses: tuple[Clause, ...]

    @property
    def nom(self) -> str:
        return f"modèle {self.version}"


@cache
def charger(code: str) -> ModeleClauses:
    """The national default text of a contract or a form."""
    brut = json.loads((Path(__file__).parent / f"{code}.json").read_text(encoding="utf-8"))
    return construire(code, brut["version"], brut["variables"], brut["clauses"])


def construire(code: str, version: str, variables: Mapping[str, str], clauses: list[dict]) -> ModeleClauses:
    """A model whose every variable is declared with a known form, checked when it is made and not when it is used."""
    if inconnues := sorted(set(variables.values()) - set(_FORMES)):
        raise ClauseInvalide(f"formes inconnues : {inconnues}")
    lues = tuple(Clause(titre=c["titre"], paragraphes=tuple(c["paragraphes"])) for c in clauses)
    citees = {
        nom for clause in lues for texte in (clause.titre, *clause.paragraphes) for nom in _VARIABLE.findall(texte)
    }
    if absentes := sorted(citees - set(variables)):
        raise ClauseInvalide(f"variables non déclarées : {absentes}")
    return ModeleClauses(code, version, dict(variables), lues)


def remplir(modele: ModeleClauses, valeurs: Mapping[str, object]) -> tuple[Clause, ...]:
    """The clauses as they will be printed. One pass: a value that holds braces stays the text it is."""
    if ecart := sorted(set(modele.variables) ^ set(valeurs)):
        raise ClauseInvalide(f"variables absentes ou en trop : {ecart}")
    formes = {nom: former(nom, forme, valeurs[nom]) for nom, forme in modele.variables.items()}

    elide = formes.get("tribunal", "").startswith(mise_en_forme.VOYELLES)

    def poser(texte: str) -> str:
        return _VARIABLE.sub(
            lambda trouve: formes[trouve[1]], _ELISION.sub("d’{tribunal}" if elide else r"\g<0>", texte)
        )

    return tuple(
        Clause(titre=poser(clause.titre), paragraphes=tuple(poser(p) for p in clause.paragraphes))
        for clause in modele.clauses
    )


def former(nom: str, forme: str, valeur: object) -> str:
    """A value as it is written in a clause, of the type its form asks for. Raises ClauseInvalide."""
    attendu, ecrire = _FORMES[forme]
    if type(valeur) is not attendu:
        raise ClauseInvalide(f"{nom} : {attendu.__name__} attendu, {type(valeur).__name__} reçu")
    return ecrire(valeur)

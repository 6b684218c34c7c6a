"""Frozen dataclasses ↔ JSON, with the types checked both ways.

The JSON of a document is frozen when the document is asked for; a value of the wrong type must fail there, in the
transaction of the act, and never later in the worker.
"""

import dataclasses
import re
import types
import typing
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache

# Spaces of every width that Marianne does not carry: a fallback font would slip into the PDF.
_ESPACES_ABSENTES = re.compile("[\u2000-\u200a\u202f\u205f\u3000]")
_CARACTERES_INTERDITS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]"
)
TEXTE_MAXIMUM = 200_000

T = typing.TypeVar("T")


class DonneesInvalides(ValueError):
    """The data given do not fit the document's dataclass; the message names the field."""


@cache
def _types(classe: type) -> dict[str, object]:
    return typing.get_type_hints(classe)


def texte_propre(valeur: str) -> str:
    """Text as the PDF can print it: line breaks kept, control and direction characters dropped, U+00A0 only."""
    valeur = valeur.replace("\r\n", "\n").replace("\r", "\n").replace("\u2010", "-").replace("\u2011", "-")
    return _CARACTERES_INTERDITS.sub("", _ESPACES_ABSENTES.sub("\u00a0", valeur))


def vers_json(valeur: object) -> object:
    if dataclasses.is_dataclass(valeur) and not isinstance(valeur, type):
        return {champ.name: vers_json(getattr(valeur, champ.name)) for champ in dataclasses.fields(valeur)}
    if isinstance(valeur, tuple):
        return [vers_json(element) for element in valeur]
    if isinstance(valeur, Decimal):
        return str(valeur)
    if isinstance(valeur, (date, datetime)):
        return valeur.isoformat()
    if valeur is None or isinstance(valeur, (str, int, bool)):
        return valeur
    raise DonneesInvalides(f"type non prévu : {type(valeur).__name__}")


def depuis_json(classe: type[T], brut: object, chemin: str = "") -> T:
    if not isinstance(brut, dict):
        raise DonneesInvalides(f"{chemin or classe.__name__} : un objet est attendu")
    annotations = _types(classe)
    champs = {champ.name: champ for champ in dataclasses.fields(classe)}
    if inconnus := sorted(set(brut) - set(champs)):
        raise DonneesInvalides(f"{chemin or classe.__name__} : champs inconnus {inconnus}")
    valeurs = {}
    for nom, champ in champs.items():
        ici = f"{chemin}.{nom}" if chemin else nom
        if nom in brut:
            valeurs[nom] = _lire(annotations[nom], brut[nom], ici)
        elif champ.default is dataclasses.MISSING and champ.default_factory is dataclasses.MISSING:
            raise DonneesInvalides(f"{ici} : champ absent")
    return classe(**valeurs)


def _lire(annotation, brut, chemin: str):
    origine, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origine in (typing.Union, types.UnionType):
        if brut is None:
            return None
        return _lire(next(a for a in arguments if a is not type(None)), brut, chemin)
    if origine is tuple:
        if not isinstance(brut, list):
            raise DonneesInvalides(f"{chemin} : une liste est attendue")
        return tuple(_lire(arguments[0], element, f"{chemin}[{rang}]") for rang, element in enumerate(brut))
    if origine is typing.Literal:
        if brut not in arguments:
            raise DonneesInvalides(f"{chemin} : {brut!r} n’est pas une valeur prévue")
        return brut
    if dataclasses.is_dataclass(annotation):
        return depuis_json(annotation, brut, chemin)
    return _lire_scalaire(annotation, brut, chemin)


def _lire_scalaire(annotation, brut, chemin: str):
    attendu_texte = annotation in (str, Decimal, date, datetime)
    if attendu_texte and not isinstance(brut, str):
        raise DonneesInvalides(f"{chemin} : un texte est attendu")
    if annotation is str:
        if len(brut) > TEXTE_MAXIMUM:
            raise DonneesInvalides(f"{chemin} : texte trop long ({len(brut)} caractères)")
        return texte_propre(brut)
    if annotation in (int, bool):
        if type(brut) is not annotation:
            raise DonneesInvalides(f"{chemin} : {annotation.__name__} attendu")
        return brut
    try:
        if annotation is Decimal:
            montant = Decimal(brut)
            if not montant.is_finite():
                raise DonneesInvalides(f"{chemin} : nombre fini attendu")
            return montant
        if annotation is datetime:
            instant = datetime.fromisoformat(brut)
            if instant.tzinfo is None:
                raise DonneesInvalides(f"{chemin} : un instant porte son fuseau")
            return instant
        return date.fromisoformat(brut)
    except (ValueError, InvalidOperation) as erreur:
        if isinstance(erreur, DonneesInvalides):
            raise
        raise DonneesInvalides(f"{chemin} : {brut!r} illisible") from erreur

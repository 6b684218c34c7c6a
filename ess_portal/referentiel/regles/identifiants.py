"""Identifiers of §8: format and key. Nothing raises: an ill-formed value is simply not valid."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

FORMES = {
    "finess": "Un numéro FINESS compte 9 caractères, avec une clé : vérifiez la saisie.",
    "rpps": "Un numéro RPPS compte 11 chiffres, avec une clé : vérifiez la saisie.",
    "rna": "Un numéro RNA commence par W, suivi de 9 caractères, comme W313048127.",
    "siren": "Un numéro SIREN compte 9 chiffres, avec une clé : vérifiez la saisie.",
    "siret": "Un numéro SIRET compte 14 chiffres, avec une clé : vérifiez la saisie.",
    "iban": "Cet IBAN n’est pas valide : vérifiez la saisie.",
}
TYPES = tuple(FORMES)
_BLANCS = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Identifiant:
    valide: bool
    normalise: str | None = None
    message: str | None = None


def verifier(type_: str, valeur: str) -> Identifiant:
    """The verdict on a value of one of TYPES, its spaces dropped; `normalise` is what is stored, None when not valid.

    Raises ValueError for a type that does not exist.
    """
    if type_ not in TYPES:
        raise ValueError(f"type inconnu : {type_}")
    brut = _BLANCS.sub("", valeur).upper() if len(valeur) <= 100 else ""
    normalise = _VERIFICATEURS[type_](brut) if brut.isascii() else None
    if normalise is None:
        return Identifiant(False, message=FORMES[type_])
    return Identifiant(True, normalise)


def _finess(brut: str) -> str | None:
    if not re.fullmatch(r"(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97|98)\d{7}", brut):
        return None
    return brut if luhn.is_valid(brut.replace("A", "1").replace("B", "2")) else None


def _rpps(brut: str) -> str | None:
    if re.fullmatch(r"8\d{11}", brut):
        brut = brut[1:]
    return brut if re.fullmatch(r"\d{11}", brut) and luhn.is_valid(brut) else None


def _rna(brut: str) -> str | None:
    return brut if re.fullmatch(r"W[0-9][0-9A-Z][0-9]{7}", brut) else None


def _siren(brut: str) -> str | None:
    return brut if re.fullmatch(r"\d{9}", brut) and siren.is_valid(brut) else None


def _siret(brut: str) -> str | None:
    # La Poste numbers its establishments by the sum of their digits (multiple of 5).
    return brut if re.fullmatch(r"\d{14}", brut) and siret.is_valid(brut) else None


def _iban(brut: str) -> str | None:
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", brut):
        return None
    try:
        return iban.validate(brut)
    except ValidationError:
        return None


_VERIFICATEURS = {"finess": _finess, "rpps": _rpps, "rna": _rna, "siren": _siren, "siret": _siret, "iban": _iban}

"""Reading the body of a calculator: types checked field by field, one French sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


class SaisieInvalide(ValueError):
    """`champs`: field → sentence."""

    def __init__(self, champs: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{nom} : {texte}" for nom, texte in champs.items()))
        self.champs = dict(champs)


def entier(
    corps: Mapping[str, Any], nom: str, erreurs: dict[str, str], *, maximum: int = 1_000_000, defaut: int | None = None
) -> int:
    """A whole number of `corps`, from 0 to `maximum`; the fault goes to `erreurs`, and 0 comes back."""
    valeur = corps.get(nom, defaut)
    if valeur is None:
        erreurs[nom] = "Indiquez un nombre entier."
    elif isinstance(valeur, bool) or not isinstance(valeur, int):
        erreurs[nom] = "Écrivez un nombre entier."
    elif valeur < 0:
        erreurs[nom] = "Ce nombre ne peut pas être négatif."
    elif valeur > maximum:
        erreurs[nom] = "Ce nombre est trop grand."
    else:
        return valeur
    return 0


def jour(valeur: Any) -> date | None:
    """A day AAAA-MM-JJ; None when it is not one."""
    if not isinstance(valeur, str) or len(valeur) != 10 or valeur[7] != "-":  # « 2025-W14-1 » is ISO too
        return None
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None

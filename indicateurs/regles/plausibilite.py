"""IND-3: figures that contradict nothing and still surprise. Each waits for a word of the équipe before the filing; the word is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .indicateurs import ecarts


@dataclass(frozen=True, slots=True)
class Avertissement:
    """`champ`: the field it is about, that also names its comment."""

    champ: str
    texte: str


def avertissements(
    valeurs: Mapping[str, int | None],
    precedents: Mapping[str, int | None],
    *,
    disponible: Decimal = Decimal(0),
    depense: Decimal | None = None,
    facteur: int = 3,
) -> tuple[Avertissement, ...]:
    """One at most per field, in the order of the fields. `disponible`: euros received and carried over; nothing is said of a spending
    when the portal knows of no money.
    """
    vus = dict(ecarts(valeurs, precedents, facteur=facteur))
    for code, v in valeurs.items():
        avant = precedents.get(code)
        if v == 0 and avant:
            vus[code] = f"L’an dernier\u00a0: {avant}. Confirmez qu’il n’y en a pas eu cette année."
    i1, i2, i5 = (valeurs.get(c) for c in ("i1", "i2", "i5"))
    if i1 is not None and i2 is not None and i2 < i1:
        vus.setdefault("i2", f"Il y a moins de patients que de soignants qui en ont adressé ({i1}).")
    if i5 and i2 is not None and i5 > i2:
        vus.setdefault("i5", f"Il y a plus de consultations avancées que de patients pris en charge ({i2}).")
    if depense is not None and 0 < disponible < depense:
        vus["montant_depense"] = "La dépense dépasse les sommes reçues. Dites d’où vient la différence."
    rangs = {code: rang for rang, code in enumerate([*valeurs, "montant_depense"])}
    return tuple(Avertissement(champ, vus[champ]) for champ in sorted(vus, key=lambda c: rangs[c]))

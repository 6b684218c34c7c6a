"""Monthly counters (IND-1, optional): what a month may say, and what the months make of a year.

A month's I1, I1b and I2 count people seen **for the first time in the contract year**: the year's report counts distinct people, and the sum
of such months is that number; nobody is counted twice. I3 and I5 count acts. I4 is a stock, médecins who offer consultations avancées that
month: the last month known stands for the year. Delays are histograms, value → how many times, without anything of a patient.
A month belongs to the contract year in which its first day lies, so that no month is in two years.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .repartition import MEDIANE, NEUF_DIXIEMES, quantile

FLUX = ("i1", "i1b", "i2", "i3", "i5")
STOCKS = ("i4",)
NOMBRES = ("i1", "i1b", "i2", "i3", "i4", "i5")
DELAIS: Mapping[str, tuple[str, str]] = {
    "delai_rdv": ("Délai de rendez-vous", "jour"),
    "delai_tlx": ("Délai de réponse d’une téléexpertise", "heure"),
}
CODES = (*NOMBRES, *DELAIS)
LIBELLES: Mapping[str, str] = {
    "i1": "Soignants, pour la première fois dans l’année",
    "i1b": "Dont médecins traitants",
    "i2": "Patients, pour la première fois dans l’année",
    "i3": "Téléexpertises réalisées",
    "i4": "Médecins en consultations avancées",
    "i5": "Consultations avancées réalisées",
    "delai_rdv": "Délais de rendez-vous, en jours",
    "delai_tlx": "Délais de téléexpertise, en heures",
}
MAXIMUM, PLUS_LONG, CASES = 1_000_000, 20_000, 400
_MOIS = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})")
_CASE = re.compile(r"(\d+)(?:\s*[x×*:]\s*(\d+))?")


def lire_mois(texte: str) -> date | None:
    """The first day of « 2026-05 », « 05/2026 » or a day of that month; None when it is no month."""
    propre = str(texte).strip()
    if jour := re.fullmatch(r"(\d{4})-(\d{2})-\d{2}|\d{2}/(\d{2})/(\d{4})", propre):
        an, mois = (jour[1], jour[2]) if jour[1] else (jour[4], jour[3])
    elif lu := _MOIS.fullmatch(propre):
        an, mois = (lu[1], lu[2]) if lu[1] else (lu[4], lu[3])
    else:
        return None
    return date(int(an), int(mois), 1) if 1 <= int(mois) <= 12 and int(an) > 1900 else None


def lire_nombre(valeur: Any) -> int:
    """A whole number ≥ 0. Raises ValueError with the sentence for the field."""
    if isinstance(valeur, bool) or (isinstance(valeur, float) and not valeur.is_integer()):
        raise ValueError("Écrivez un nombre entier, en chiffres.")
    texte = re.sub(r"[\s\u00a0\u202f]", "", str(int(valeur) if isinstance(valeur, float) else valeur))
    if re.fullmatch(r"-\d+", texte):
        raise ValueError("Ce nombre ne peut pas être négatif.")
    if not re.fullmatch(r"[0-9]+", texte):
        raise ValueError("Écrivez un nombre entier, en chiffres.")
    if len(texte) > 9 or int(texte) > MAXIMUM:
        raise ValueError("Ce nombre est trop grand pour un mois.")
    return int(texte)


def lire_delais(valeur: Any) -> dict[int, int]:
    """A histogram from {"3": 4}, from [3, 3, 10], or from the text « 3×4 ; 10 ». Raises ValueError with the sentence for the field.

    A comma between two digits is a decimal one: « 3,5 » is no delay, and not two of them.
    """
    paires: list[tuple[Any, Any]]
    if isinstance(valeur, Mapping):
        paires = list(valeur.items())
    elif isinstance(valeur, str):
        paires = []
        for case in filter(None, (c.strip() for c in re.split(r"[;\n]|,(?=\s|$)", valeur))):
            lu = _CASE.fullmatch(case)
            if lu is None:
                raise ValueError(
                    f"«\u00a0{case[:20]}\u00a0» n’est pas un délai\u00a0: écrivez par exemple 3×4 ; 10.".replace(
                        " ;", "\u00a0;"
                    )
                )
            paires.append((lu[1], lu[2] or 1))
    elif isinstance(valeur, Sequence):
        paires = [(v, 1) for v in valeur]
    else:
        paires = [(valeur, 1)]
    effectifs: Counter[int] = Counter()
    for delai, nombre in paires:
        effectifs[lire_nombre(delai)] += lire_nombre(nombre)
    lus = {d: n for d, n in sorted(effectifs.items()) if n}
    if any(d > PLUS_LONG for d in lus):
        raise ValueError("Un de ces délais est trop long pour être vrai.")
    if len(lus) > CASES:
        raise ValueError(f"Donnez {CASES} délais différents au plus.")
    return lus


def incoherences(mois: Mapping[str, Any]) -> dict[str, str]:
    """IND-3, month by month: sentence by indicator; {} when nothing contradicts itself."""
    i1, i1b, i4, i5 = (mois.get(c) for c in ("i1", "i1b", "i4", "i5"))
    erreurs = {}
    if i1b is not None and i1 is not None and i1b > i1:
        erreurs["i1b"] = "Les médecins traitants ne peuvent pas être plus nombreux que les soignants qui adressent."
    if i5 and i4 == 0:
        erreurs["i4"] = "Des consultations avancées ont été réalisées\u00a0: au moins un médecin en propose."
    return erreurs


@dataclass(frozen=True, slots=True)
class Annee:
    """What the months of a year add up to. `valeurs`: indicator → number, absent when no month says it; `manquants`: indicator → how many
    of the months do not.
    """

    valeurs: dict[str, int]
    delais: dict[str, dict[int, int]]
    mois: int
    manquants: dict[str, int]


def reunir(mois: Mapping[date, Mapping[str, Any]]) -> Annee:
    """Sums of the flows, last value of the stocks, histograms put together. Keys: first days of months."""
    ordre = sorted(mois)
    valeurs: dict[str, int] = {}
    for code in NOMBRES:
        dits = [mois[m][code] for m in ordre if mois[m].get(code) is not None]
        if dits:
            valeurs[code] = sum(dits) if code in FLUX else dits[-1]
    delais: dict[str, dict[int, int]] = {}
    for code in DELAIS:
        somme: Counter[int] = Counter()
        for m in ordre:
            somme.update(mois[m].get(code) or {})
        if somme:
            delais[code] = dict(sorted(somme.items()))
    manquants = {c: sum(mois[m].get(c) is None for m in ordre) for c in NOMBRES}
    return Annee(valeurs, delais, len(ordre), {c: n for c, n in manquants.items() if n and c in valeurs})


def resumer(effectifs: Mapping[int, int]) -> dict[str, int] | None:
    """Median, 90th percentile and number of cases; None without a case."""
    mediane, haut = quantile(effectifs, MEDIANE), quantile(effectifs, NEUF_DIXIEMES)
    if mediane is None or haut is None:
        return None
    return {"mediane": mediane, "p90": haut, "nombre": sum(effectifs.values())}


def phrase_delai(code: str, lu: Mapping[str, int]) -> str:
    """A delay in words: « Délai de rendez-vous : médiane 12 jours, neuf sur dix en 30 jours (140 mesures). »"""
    nom, unite = DELAIS[code]
    return (
        f"{nom}\u00a0: médiane {_accord(lu['mediane'], unite)}, neuf sur dix en {_accord(lu['p90'], unite)} "
        f"({_accord(lu['nombre'], 'mesure')})."
    )


def ecrire_delais(effectifs: Mapping[int, int]) -> str:
    """The text that `lire_delais` reads."""
    return "\u00a0; ".join(f"{d}×{n}" if n > 1 else str(d) for d, n in sorted(effectifs.items()))


def _accord(n: int, mot: str) -> str:
    return f"{n}\u00a0{mot}{'s' if n > 1 else ''}"

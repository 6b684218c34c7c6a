"""Settings that are lists of pairs, one per line: the barème’s table (FIN-4), groups of specialties (CRI-1c), the ladder (REL-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

FORME_TABLE = "Écrivez une ligne par palier, effectif puis montant\u00a0: «\u00a010\u00a0: 50000\u00a0»."
FORME_ECHELLE = (
    "Écrivez une ligne par palier, jours avant puis destinataires\u00a0: «\u00a02\u00a0: charge, chef\u00a0»."
)
FORME_GROUPES = "Écrivez une ligne par spécialité, code puis groupes\u00a0: «\u00a0SM04\u00a0: cardiologie\u00a0»."
_GROUPE = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")
_CODE = re.compile(r"^SM\d\d$")


def _lignes(valeur: object) -> list[tuple[str, str]]:
    """(left, right) of each line. Raises ValueError on a line without its colon."""
    lignes = []
    for ligne in str(valeur).replace("\u00a0", " ").replace(";", "\n").splitlines():
        if ligne.strip():
            gauche, deux_points, droite = ligne.partition(":")
            if not deux_points:
                raise ValueError(ligne)
            lignes.append((gauche.strip(), droite.strip()))
    return lignes


@dataclass(frozen=True, slots=True)
class Table:
    """Headcount → amount, by rising headcount; a headcount stands for all from it to the next one."""

    paires: tuple[tuple[int, Decimal], ...] = ()

    @classmethod
    def lire(cls, valeur: object) -> Table:
        """From lines « 10 : 50000 », or from pairs. Raises ValueError."""
        if isinstance(valeur, Table):
            return valeur
        couples: Sequence[tuple[object, object]]
        couples = [(a, b) for a, b in valeur] if isinstance(valeur, list | tuple) else _lignes(valeur)
        paires: dict[int, Decimal] = {}
        for effectif, montant in couples:
            nombre = int(str(effectif))
            try:
                euros = Decimal(str(montant).replace(" ", "").replace("€", "").replace(",", "."))
            except InvalidOperation as faute:
                raise ValueError(FORME_TABLE) from faute
            if nombre < 0 or nombre in paires or not euros.is_finite() or euros < 0 or round(euros, 2) != euros:
                raise ValueError(FORME_TABLE)
            paires[nombre] = euros.quantize(Decimal("0.01"))
        return cls(tuple(sorted(paires.items())))

    def __str__(self) -> str:
        return "\n".join(f"{effectif} : {montant}" for effectif, montant in self.paires)


@dataclass(frozen=True, slots=True)
class Groupes:
    """Specialty code → its groups, where they differ from the reference data."""

    paires: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def lire(cls, valeur: object) -> Groupes:
        """From lines « SM04 : cardiologie, vasculaire », or from a mapping. Raises ValueError."""
        if isinstance(valeur, Groupes):
            return valeur
        if isinstance(valeur, Mapping):
            valeur = "\n".join(f"{code} : {', '.join(noms)}" for code, noms in valeur.items())
        paires: dict[str, tuple[str, ...]] = {}
        for code, noms in _lignes(valeur):
            groupes = tuple(sorted({nom.strip() for nom in noms.split(",") if nom.strip()}))
            connus = all(_GROUPE.match(nom) and len(nom) <= 48 for nom in groupes)
            if not _CODE.match(code) or code in paires or not groupes or not connus:
                raise ValueError(FORME_GROUPES)
            paires[code] = groupes
        return cls(tuple(sorted(paires.items())))

    def de(self, code: str, reference: Sequence[str]) -> tuple[str, ...]:
        """The groups of a specialty: the set's, those of the reference data otherwise."""
        return dict(self.paires).get(code, tuple(reference))

    def __str__(self) -> str:
        return "\n".join(f"{code} : {', '.join(noms)}" for code, noms in self.paires)


@dataclass(frozen=True, slots=True)
class Echelle:
    """Days before → who is reminded (REL-1): `charge` must act, `chef` is the head of service, `region` the regional administrator.

    By falling days; a line stands from its step down to the next line. Who must act is told at every step.
    """

    NIVEAUX: ClassVar[tuple[str, ...]] = ("charge", "chef", "region")
    paires: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @classmethod
    def lire(cls, valeur: object) -> Echelle:
        """From lines « 2 : charge, chef ». Raises ValueError."""
        if isinstance(valeur, Echelle):
            return valeur
        paires: dict[int, tuple[str, ...]] = {}
        for jours, noms in _lignes(valeur):
            niveaux = {nom.strip() for nom in noms.split(",") if nom.strip()}
            if not jours.isdecimal() or int(jours) in paires or not niveaux or not niveaux <= set(cls.NIVEAUX):
                raise ValueError(FORME_ECHELLE)
            paires[int(jours)] = tuple(n for n in cls.NIVEAUX if n == "charge" or n in niveaux)
        return cls(tuple(sorted(paires.items(), reverse=True)))

    def niveaux(self, palier: int) -> tuple[str, ...]:
        """Who is reminded at this step: the line of the step, or of the nearest one above."""
        return next((niveaux for jours, niveaux in reversed(self.paires) if palier <= jours), self.NIVEAUX[:1])

    def __str__(self) -> str:
        return "\n".join(f"{jours} : {', '.join(niveaux)}" for jours, niveaux in self.paires)

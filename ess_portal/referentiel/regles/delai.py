"""A delay as regulation writes it: months and days, « 2 mois », « 15 jours », « 5 ans »."""

from __future__ import annotations

import re
from dataclasses import dataclass

FORME = "Écrivez un délai comme «\u00a02 mois\u00a0», «\u00a015 jours\u00a0» ou «\u00a05 ans\u00a0»."
_FORME = re.compile(r"^\s*(\d{1,3})[\s_]*(mois|jours?|ans?)\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Delai:
    """Calendar months first, then days (CAL-1)."""

    mois: int = 0
    jours: int = 0

    @classmethod
    def lire(cls, valeur: object) -> Delai:
        """From « 2 mois », « 2_mois », « 15 jours », « 5 ans », « 1 mois et 15 jours » or a Delai. Raises ValueError."""
        if isinstance(valeur, Delai):
            return valeur
        mois = jours = 0
        for morceau in str(valeur).replace("\u00a0", " ").split(" et "):
            forme = _FORME.match(morceau)
            if forme is None:
                raise ValueError(FORME)
            nombre, unite = int(forme[1]), forme[2]
            mois += {"mois": 1, "an": 12, "ans": 12}.get(unite, 0) * nombre
            jours += nombre if unite.startswith("jour") else 0
        return cls(mois=mois, jours=jours)

    def __str__(self) -> str:
        morceaux = []
        if self.mois:
            ans, reste = divmod(self.mois, 12)
            morceaux.append(
                f"{ans}\u00a0an{'s' if ans > 1 else ''}" if not reste and ans > 1 else f"{self.mois}\u00a0mois"
            )
        if self.jours or not self.mois:
            morceaux.append(f"{self.jours}\u00a0jour{'s' if self.jours > 1 else ''}")
        return " et ".join(morceaux)

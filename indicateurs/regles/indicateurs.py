"""IND-1 to IND-3: the national indicators, what they mean, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicateur:
    code: str
    libelle: str
    definition: str


INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur(
        "i1",
        "Soignants qui ont adressé des patients",
        "Nombre de professionnels de santé distincts qui ont adressé au moins un patient à l’équipe dans l’année.",
    ),
    Indicateur(
        "i1b", "Dont médecins traitants", "Parmi eux, les médecins traitants. Ce nombre ne dépasse pas le précédent."
    ),
    Indicateur(
        "i2",
        "Patients pris en charge par l’équipe",
        "Nombre de patients distincts pris en charge par l’intermédiaire de l’équipe dans l’année.",
    ),
    Indicateur(
        "i3", "Téléexpertises réalisées", "Nombre de téléexpertises rendues par les membres de l’équipe dans l’année."
    ),
    Indicateur(
        "i4",
        "Médecins qui proposent des consultations avancées",
        "Nombre de médecins de l’équipe qui en ont proposé dans l’année, au plus le nombre d’adhérents.",
    ),
    Indicateur("i5", "Consultations avancées réalisées", "Nombre de consultations avancées réalisées dans l’année."),
)


def verifier_indicateurs(valeurs: Mapping[str, int | None], adherents: int | None = None) -> dict[str, str]:
    """Contradictions of IND-3 by field, {} when there is none. Values not given are not judged."""
    erreurs = {c: "Ce nombre ne peut pas être négatif." for c, v in valeurs.items() if v is not None and v < 0}
    i1, i1b, i4, i5 = (valeurs.get(c) for c in ("i1", "i1b", "i4", "i5"))
    if i1 is not None and i1b is not None and i1b > i1:
        erreurs.setdefault(
            "i1b", "Les médecins traitants ne peuvent pas être plus nombreux que les soignants qui adressent."
        )
    if i4 is not None and adherents is not None and i4 > adherents:
        erreurs.setdefault("i4", f"Ce nombre dépasse celui des adhérents ({adherents}).")
    if i5 and i4 == 0:
        erreurs.setdefault("i4", "Des consultations avancées ont été réalisées\u00a0: au moins un médecin en propose.")
    return erreurs


def ecarts(
    valeurs: Mapping[str, int | None], precedents: Mapping[str, int | None], *, facteur: int = 3
) -> dict[str, str]:
    """Plausibility against last year: a value more than `facteur` times larger or smaller is worth a word."""
    alertes = {}
    for code, v in valeurs.items():
        avant = precedents.get(code)
        if v is None or not avant or max(v, avant) < 10:
            continue
        if v > facteur * avant or v * facteur < avant:
            alertes[code] = f"L’an dernier\u00a0: {avant}. Vérifiez ce nombre, ou expliquez l’écart en commentaire."
    return alertes

"""MIS-1, MIS-2, MIS-3: contact point, target delays, objectives, and where the activities of the mission stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

SOCLE: Mapping[str, str] = {
    "avis_ponctuel": "Avis spécialisé ponctuel",
    "second_recours": "Structuration du second recours",
}
OPTION: Mapping[str, str] = {"consultations_avancees": "Consultations avancées"}
VOIES: Mapping[str, str] = {
    "consultation": "Consultation",
    "teleconsultation": "Téléconsultation",
    "teleexpertise": "Téléexpertise",
}
DELAI_MAXIMUM = 365


def manques_fiche(
    *, valide_du: date | None, jour: date, delais: Mapping[str, int | None], objectifs: Mapping[str, str]
) -> dict[str, str]:
    """Field → sentence: a target is declared for one way at least, and a ticked objective is described."""
    erreurs: dict[str, str] = {}
    if valide_du is not None and valide_du > jour:
        erreurs["valide_du"] = "Ce jour n’est pas encore venu."
    donnes = {v: n for v, n in delais.items() if n is not None}
    if not donnes:
        erreurs["delai_consultation"] = "Indiquez au moins un délai visé."
    for voie, n in donnes.items():
        if not 0 <= n <= DELAI_MAXIMUM:
            erreurs[f"delai_{voie}"] = f"Un délai visé va de 0 à {DELAI_MAXIMUM} jours."
    for code, texte in objectifs.items():
        if not texte.strip():
            erreurs[f"objectif_{code}"] = "Décrivez cet objectif en une phrase."
    return erreurs


@dataclass(frozen=True, slots=True)
class ActiviteFait:
    type: str
    deployee_le: date
    confirmee: bool = False
    ecartee: bool = False


@dataclass(frozen=True, slots=True)
class Avancement:
    """One activity of the mission: `etat` in absente, declaree, confirmee; `depuis`: the first day that counts."""

    code: str
    libelle: str
    etat: str
    depuis: date | None
    obligatoire: bool


def avancement(
    activites: Iterable[ActiviteFait], jour: date, *, consultations_avancees: str = "optionnelles"
) -> tuple[Avancement, ...]:
    """Each activity on a day. What is set aside does not count; what is declared counts for DL-4 and DL-5, confirmed for the solde."""
    lues = [a for a in activites if not a.ecartee and a.deployee_le <= jour]
    lignes = []
    for code, libelle in {**SOCLE, **OPTION}.items():
        siennes = [a for a in lues if a.type == code]
        confirmees = [a for a in siennes if a.confirmee]
        lignes.append(
            Avancement(
                code,
                libelle,
                "confirmee" if confirmees else "declaree" if siennes else "absente",
                min((a.deployee_le for a in confirmees or siennes), default=None),
                code in SOCLE or consultations_avancees == "obligatoires",
            )
        )
    return tuple(lignes)

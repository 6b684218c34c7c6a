"""May the data of one person be erased from one dossier? What is counted and paid must stay provable (RET-1, RGPD article 17.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.regles.delais import ajouter
from ess_portal.referentiel.regles.delai import Delai

FONDEMENT = (
    "article 17, paragraphe 3, points b et e, du RGPD\u00a0: mission d’intérêt public et preuve des sommes versées"
)


@dataclass(frozen=True)
class Faits:
    """The adhésions of one person in one dossier, and what the dossier was paid for. `jours`: (signature, exit), signed ones alone."""

    jours: Sequence[tuple[date, date | None]]
    est_finance: bool = False
    contrat_vivant: bool = False
    fin_contrat: date | None = None
    procedure_ouverte: bool = False


@dataclass(frozen=True)
class Reponse:
    """`possible_le`: from which day the same request would be accepted; None when nobody can say it yet."""

    possible: bool
    motif: str = ""
    possible_le: date | None = None


def repondre(faits: Faits, jour: date, conservation: Delai) -> Reponse:
    """An invitation goes at once; what was counted without money too; what was paid for, after the delay of RET-1."""
    if not faits.jours:
        return Reponse(True)
    if any(sortie is None or sortie >= jour for _, sortie in faits.jours):
        return Reponse(
            False,
            f"L’adhésion est en cours\u00a0: elle sert au calcul de la dotation ({FONDEMENT}). La sortie s’enregistre d’abord.",
        )
    if not faits.est_finance:
        return Reponse(True)
    derniere = max(sortie for _, sortie in faits.jours if sortie is not None)
    terme = ajouter(derniere, conservation)
    if faits.procedure_ouverte:
        return Reponse(False, f"Une procédure de récupération est ouverte ({FONDEMENT}).")
    if faits.contrat_vivant:
        apres_contrat = faits.fin_contrat + timedelta(days=1) if faits.fin_contrat else None
        return Reponse(
            False,
            f"Le contrat de l’équipe court encore\u00a0: ces jours en fixent le montant ({FONDEMENT}).",
            max(terme, apres_contrat) if apres_contrat else None,
        )
    if jour < terme:
        return Reponse(False, f"Ces jours ont fixé un montant versé ({FONDEMENT}).", terme)
    return Reponse(True)

"""What a set of parameters to come would change for a dossier: the dates of what is not filed yet. What is filed keeps its set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ess_portal.referentiel.regles.parametres import Parametres

from .echeances import calculer
from .faits_delais import Demande, FaitsDelais
from .statuts import EN_INSTRUCTION, VIVANTS, Statut


class Attendu(StrEnum):
    """The next object of a dossier that will be pinned, at its origin, to the set of that day."""

    LETTRE = "lettre"
    PROJET = "projet"
    DOTATION = "dotation"


@dataclass(frozen=True, slots=True)
class Changement:
    """The last day of one échéance under the set in force and under the new one; None where that set gives no date."""

    regle: str
    avant: date | None
    apres: date | None


_PROJET_A_DEPOSER = (*EN_INSTRUCTION, Statut.LETTRE_VALIDEE, Statut.AMORCAGE_SIGNE, Statut.PROJET_REFUSE)


def attendu(statut: Statut, *, dotation_proposee: bool = False) -> Attendu | None:
    """What this dossier has still to file or to sign; None where all of it is pinned, or over."""
    if statut not in VIVANTS or statut is Statut.DOTATION_ACTIVE:
        return None
    if statut is Statut.BROUILLON:
        return Attendu.LETTRE
    if statut in _PROJET_A_DEPOSER:
        return Attendu.PROJET
    return None if dotation_proposee else Attendu.DOTATION


def changements(objet: Attendu, jour: date, avant: Parametres, apres: Parametres) -> tuple[Changement, ...]:
    """The échéances of `objet`, filed complete or taking effect on `jour`, whose last day is not the same under both sets."""
    ancien, nouveau = _derniers_jours(objet, jour, avant), _derniers_jours(objet, jour, apres)
    return tuple(
        Changement(regle, ancien.get((regle, rang)), nouveau.get((regle, rang)))
        for regle, rang in ancien | nouveau
        if ancien.get((regle, rang)) != nouveau.get((regle, rang))
    )


def _derniers_jours(objet: Attendu, jour: date, p: Parametres) -> dict[tuple[str, int], date | None]:
    """By rule and rank. A request for items made the same day tells DL-10, which no other fact gives; it stops the rest."""
    demande = (Demande(jour, indispensable=True),)
    fuseau = "UTC"  # days only are read
    if objet is Attendu.LETTRE:
        faits = FaitsDelais(fuseau=fuseau, lettre_recue=jour, lettre_premier_depot=jour)
        arretes = FaitsDelais(fuseau=fuseau, lettre_recue=jour, lettre_demandes=demande)
    elif objet is Attendu.PROJET:
        faits = FaitsDelais(fuseau=fuseau, projet_recu=jour, projet_depose=jour)
        arretes = FaitsDelais(fuseau=fuseau, projet_recu=jour, projet_demandes=demande)
    else:
        faits = arretes = FaitsDelais(fuseau=fuseau, effet_dotation=jour)
    lues = [e for e in calculer(faits, p, presumer_tacite=True) if e.objet == objet.value]
    lues += [e for e in calculer(arretes, p) if e.regle == "DL-10"]
    return {(e.regle, e.rang): e.dernier_jour for e in lues}

"""The deadlines of §4 from facts: pure, explained step by step, valid at any instant (CAL-9, CAL-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ess_portal.referentiel.regles.parametres import Parametres

from .echeance import Contexte, EcheanceCalculee
from .echeances_dotation import dotation
from .echeances_lettre import lettre, reference_lettre
from .echeances_projet import projet
from .explication import Etape, jour_ecrit, noms_des_reglages
from .faits_delais import DecisionFait, Demande, FaitsDelais
from .recours import echeance as echeance_recours
from .tacite import acte_recevable, dernier_jour_rejet, est_tacite


def calculer(f: FaitsDelais, p: Parametres, *, presumer_tacite: bool = False) -> tuple[EcheanceCalculee, ...]:
    """Every échéance that the facts determine. `presumer_tacite` (the public calculator): while no decision is known, what
    follows a validation is counted from the last day of silence.
    """
    c = Contexte(f, p, presumer_tacite)
    return (*lettre(c), *projet(c), *dotation(c), *(echeance_recours(r, p, f.fuseau) for r in f.recours))


def nommer(e: EcheanceCalculee, reglages: Mapping[str, str]) -> EcheanceCalculee:
    """The same date, its explanation naming the settings and the dated sets that it used (CAL-11)."""
    return replace(e, explication=noms_des_reglages(e.explication, reglages))


__all__ = [
    "DecisionFait",
    "Demande",
    "EcheanceCalculee",
    "Etape",
    "FaitsDelais",
    "acte_recevable",
    "calculer",
    "dernier_jour_rejet",
    "est_tacite",
    "jour_ecrit",
    "nommer",
    "reference_lettre",
]

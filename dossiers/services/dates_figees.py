"""The dates that an act relied on, kept in its event with the explanation they had (CAL-11)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .. import faits
from ..models import Decision, Dossier, Echeance
from ..regles.explication import noms_des_reglages
from ..regles.retrait import Observations


def figer(dossier: Dossier, *regles: str, objet: str = "") -> list[dict[str, Any]]:
    """The dates of these rules with their explanations, as an act that relies on them keeps them in its event (CAL-11): JSON, the last
    version of each.
    """
    lignes = Echeance.objects.filter(dossier=dossier, regle__in=regles).exclude(statut=Echeance.Statut.ANNULEE)
    if objet:
        lignes = lignes.filter(objet=objet)
    return [_figee(e) for e in {(e.regle, e.objet): e for e in lignes.order_by("rang")}.values()]


def figer_rang(dossier: Dossier, regle: str, rang: int) -> list[dict[str, Any]]:
    """The same for one of several dates of a rule: an anniversary of the dotation."""
    return [_figee(e) for e in Echeance.objects.filter(dossier=dossier, regle=regle, rang=rang)]


def figer_observations(dossier: Dossier, decision: Decision, o: Observations) -> dict[str, Any]:
    """The delay that was left to the équipe before its validation was withdrawn, kept beside the date of the right to withdraw it."""
    lire = faits.reglages_projet if decision.objet == "projet" else faits.reglages
    return {
        "titre": "Délai d’observations retenu",
        "regle": "DL-8",
        "objet": decision.objet,
        "rang": decision.version,
        "dernier_jour": o.jusquau,
        "acquise_le": None,
        "explication": [asdict(e) for e in noms_des_reglages(o.explication, lire(dossier, o.decision_des))],
    }


def _figee(e: Echeance) -> dict[str, Any]:
    return {
        "regle": e.regle,
        "objet": e.objet,
        "rang": e.rang,
        "dernier_jour": e.dernier_jour,
        "acquise_le": e.acquise_le,
        "explication": e.explication,
    }

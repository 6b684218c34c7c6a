"""The recours gracieux of a dossier as the law has them: what may be contested, what waits for an answer, what silence has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ess_portal.socle.horloge import jour_local

from . import faits
from .models import Decision, Dossier, Recours
from .regles import recours as regles
from .regles.echeance import EcheanceCalculee
from .regles.motifs import RETRAIT
from .regles.statuts import Statut

C = Recours.Contestation
# What is contested, as a sentence says it: « contre le refus de la lettre d’intention ».
ACTES = {
    (C.REFUS, "lettre"): "le refus de la lettre d’intention",
    (C.REFUS, "projet"): "le refus du projet de santé",
    (C.RETRAIT, "lettre"): "le retrait de la validation de la lettre",
    (C.RETRAIT, "projet"): "le retrait de la validation du projet",
    (C.CLASSEMENT, "lettre"): "le classement du dossier",
    (C.CLASSEMENT, "projet"): "le classement du dossier",
    (C.CLOTURE, "lettre"): "la clôture du dossier",
    (C.RESILIATION, "lettre"): "la résiliation du contrat",
}
# What the ARS ends for a projet that did not come, by a letter that says its remedies.
FINS = {"clore": C.CLOTURE, "resilier": C.RESILIATION}


@dataclass(frozen=True)
class Contestable:
    """The last unfavourable act. `notifiee_le` is None while its notification is not proved: the delay has not begun."""

    contestation: str
    objet: str
    prise_le: date
    notifiee_le: date | None
    decision: Decision | None = None
    recours: Recours | None = None

    @property
    def acte(self) -> str:
        return ACTES[C(self.contestation), self.objet]


def contestable(dossier: Dossier) -> Contestable | None:
    """The act in force that a recours gracieux contests: the dossier's last decision where it is unfavourable, or what ended it."""
    connus = faits.recours(dossier)
    if fin := _fin(dossier):
        deja = next((r for r in connus if r.decision_id is None), None)
        nature, jour, objet = fin
        return Contestable(nature, objet, jour, jour, recours=deja)
    decisions = [d for d in dossier.decisions.all() if d.retiree_le is None]
    derniere = max(decisions, key=lambda d: (d.prise_le, d.pk), default=None)
    if derniere is None or derniere.sens == Decision.Sens.FAVORABLE:
        return None
    nature = C.RETRAIT if any(m.get("code") == RETRAIT for m in derniere.motifs) else C.REFUS
    return Contestable(
        nature,
        derniere.objet,
        derniere.date_signature or derniere.date_acquise,
        derniere.date_notification,
        decision=derniere,
        recours=next((r for r in connus if r.decision_id == derniere.pk), None),
    )


def _fin(dossier: Dossier) -> tuple[Recours.Contestation, date, str] | None:
    """(what, day, object) of the act of the ARS that ended the dossier: a classement, the end of a projet that did not come (DL-2)."""
    if dossier.statut not in (Statut.CLOS, Statut.RESILIE):
        return None
    evenement = dossier.evenements.filter(type__in=("classer", "statuer_retard")).order_by("seq").last()
    if evenement is None:
        return None
    jour = jour_local(evenement.legal_le, dossier.fuseau)
    if evenement.type == "statuer_retard":
        nature = FINS.get(evenement.donnees.get("issue", ""))
        return (nature, jour, "lettre") if nature else None
    objet = "projet" if str(evenement.donnees.get("de", "")).startswith("projet") else "lettre"
    return C.CLASSEMENT, jour, objet


def echeance(dossier: Dossier, r: Recours) -> EcheanceCalculee:
    """The date of its answer, by the set that it is pinned to."""
    return regles.echeance(faits.fait_recours(r), faits.parametres_recours(r), dossier.fuseau)


def est_ouvert(dossier: Dossier, r: Recours, instant: datetime | None) -> bool:
    """Does it still wait for an answer at `instant`, whatever the scan has written (CAL-9)? None: as it is written."""
    if not r.est_ouvert:
        return False
    fin = echeance(dossier, r).instant
    return instant is None or fin is None or fin > instant


def ouvert(dossier: Dossier) -> Recours | None:
    """The recours that waits for an answer, at the instant the dossier was read at."""
    instant = getattr(dossier, "lu_le", None)
    return next((r for r in reversed(faits.recours(dossier)) if est_ouvert(dossier, r, instant)), None)

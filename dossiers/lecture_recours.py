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
}


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
    """The act in force that a recours gracieux contests: the dossier's last decision where it is unfavourable, or its classement."""
    connus = faits.recours(dossier)
    if classement := _classement(dossier):
        deja = next((r for r in connus if r.decision_id is None), None)
        jour, objet = classement
        return Contestable(C.CLASSEMENT, objet, jour, jour, recours=deja)
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


def _classement(dossier: Dossier) -> tuple[date, str] | None:
    """(day, object) of the classement that ended the dossier."""
    if dossier.statut != Statut.CLOS:
        return None
    evenement = dossier.evenements.filter(type="classer").order_by("seq").last()
    if evenement is None:
        return None
    objet = "projet" if str(evenement.donnees.get("de", "")).startswith("projet") else "lettre"
    return jour_local(evenement.legal_le, dossier.fuseau), objet


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

"""The recours gracieux of a dossier as the law has them: what may be contested, what waits for an answer, what silence has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

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
NOUVEAU_DEPOT = "Déposer une nouvelle version met fin à votre recours gracieux\u00a0: il n’aura plus d’objet."
# What the ARS ends for a projet that did not come, by a letter that says its remedies.
FINS = {"clore": C.CLOTURE, "resilier": C.RESILIATION}


@dataclass(frozen=True)
class Contestable:
    """An unfavourable act. `notifiee_le` is None while its notification is not proved: the delay has not begun. `remplacee_le`: the day
    since which another filing, or its withdrawal, leaves nothing of it to review; `pourquoi` says which. The notification of what ended
    the dossier is read in its letter (`lecture_notifications`).
    """

    contestation: str
    objet: str
    prise_le: date
    notifiee_le: date | None
    decision: Decision | None = None
    recours: Recours | None = None
    remplacee_le: date | None = None
    pourquoi: str = ""

    @property
    def acte(self) -> str:
        return ACTES[C(self.contestation), self.objet]

    def en_vigueur(self, jour: date) -> bool:
        """Its last day is still its own: what is posted on it may have crossed the filing that replaces it."""
        return self.prise_le <= jour and (self.remplacee_le is None or jour <= self.remplacee_le)


def contestable(dossier: Dossier) -> Contestable | None:
    """The act in force that a recours gracieux contests today: what ended the dossier, or its last decision where it is unfavourable and
    no filing came since (silence on that one decides in its place, CAL-9).
    """
    connus = faits.recours(dossier)
    if fin := _fin_contestable(dossier, connus):
        return fin
    decisions = [d for d in dossier.decisions.all() if d.retiree_le is None]
    derniere = max(decisions, key=lambda d: (d.prise_le, d.pk), default=None)
    if derniere is None or derniere.sens == Decision.Sens.FAVORABLE:
        return None
    c = _contre(dossier, derniere, connus)
    return c if c.remplacee_le is None else None


def contestables(dossier: Dossier) -> list[Contestable]:
    """What a recours that comes by post may contest, the last act first: whatever was in force one day and has none yet."""
    connus = faits.recours(dossier)
    refus = [d for d in dossier.decisions.all() if d.sens != Decision.Sens.FAVORABLE]
    refus.sort(key=lambda d: (d.prise_le, d.pk), reverse=True)
    fin = _fin_contestable(dossier, connus)
    actes = [*([fin] if fin else []), *(_contre(dossier, d, connus) for d in refus)]
    return [c for c in actes if c.recours is None]


def contestable_le(dossier: Dossier, jour: date) -> Contestable | None:
    """What one posted on `jour` contests: the decision in force that day (CAL-8)."""
    return next((c for c in contestables(dossier) if c.en_vigueur(jour)), None)


def _fin_contestable(dossier: Dossier, connus: list[Recours]) -> Contestable | None:
    fin = _fin(dossier)
    if fin is None:
        return None
    nature, jour, objet = fin
    return Contestable(nature, objet, jour, None, recours=next((r for r in connus if r.decision_id is None), None))


def _contre(dossier: Dossier, d: Decision, connus: list[Recours]) -> Contestable:
    le, pourquoi = _remplacee(dossier, d)
    return Contestable(
        C.RETRAIT if any(m.get("code") == RETRAIT for m in d.motifs) else C.REFUS,
        d.objet,
        d.date_signature or d.date_acquise,
        d.date_notification,
        decision=d,
        recours=next((r for r in connus if r.decision_id == d.pk), None),
        remplacee_le=le,
        pourquoi=pourquoi,
    )


def _remplacee(dossier: Dossier, d: Decision) -> tuple[date | None, str]:
    if d.retiree_le is not None:
        return (
            d.retiree_le,
            f"L’ARS a retiré cette décision le {date_fr(d.retiree_le)}\u00a0: ce recours n’a plus d’objet.",
        )
    jours = [x.date_depot for x in dossier.depots.all() if x.objet == d.objet and x.version > d.version]
    if not jours:
        return None, ""
    return min(jours), phrase_sans_objet(min(jours))


def phrase_sans_objet(depose_le: date) -> str:
    """Why a filing leaves a recours without object."""
    return f"Une nouvelle version a été déposée le {date_fr(depose_le)}\u00a0: ce recours n’a plus d’objet."


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


def issue_lue(dossier: Dossier, r: Recours, instant: datetime | None) -> str:
    """Its issue at `instant`, that of a silence which no scan has written down included (CAL-9); empty while it waits."""
    if r.issue or est_ouvert(dossier, r, instant):
        return r.issue
    rejet = echeance(dossier, r).regle == regles.REJET
    return Recours.Issue.REJETE if rejet else Recours.Issue.ACCEPTE


@dataclass(frozen=True)
class RecoursAuDroit:
    """A recours at the instant its dossier was read at: `issue` is empty while it waits, `dernier_jour` the day until which."""

    recours: Recours
    issue: str
    mode: str
    date_reponse: date | None
    dernier_jour: date | None
    silence: str

    @property
    def acte(self) -> str:
        return ACTES[C(self.recours.contestation), self.recours.objet]


def recours_au_droit(dossier: Dossier) -> list[RecoursAuDroit]:
    """All of them, in the order in which they came (CAL-9)."""
    instant, lus = getattr(dossier, "lu_le", None), []
    for r in faits.recours(dossier):
        e, issue = echeance(dossier, r), issue_lue(dossier, r, instant)
        ecrit = bool(r.issue) or not issue
        lus.append(
            RecoursAuDroit(
                recours=r,
                issue=issue,
                mode=r.mode if ecrit else Recours.Mode.IMPLICITE,
                date_reponse=r.date_reponse if ecrit else e.dernier_jour,
                dernier_jour=e.dernier_jour,
                silence="rejet" if e.regle == regles.REJET else "acceptation",
            )
        )
    return lus

"""Acts of the administrations: accusé de réception (AR-1), decisions (MOT-1, MOT-2), attestation (AR-2), payment order."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ess_portal.documents.donnees.communs import Echeance, Objet, Reperes, Rubrique, Service


@dataclass(frozen=True, kw_only=True)
class AccuseReception:
    """AR-1. `dernier_jour` and `acquise_le` are absent together, while the tacit clock is stopped (CAL-6).

    `canal` is empty for what was filed here; else papier or demarches_simplifiees, with the applicant's day and the platform's number.
    `premiere_ars` received it first and sent it to the competent one (CAL-10). `complete_le`: the receipt of the last indispensable
    item, from which the delay runs anew.
    """

    reperes: Reperes
    objet: Objet
    destinataire: str
    recu_le: datetime
    recu_jour: date
    service: Service
    complete_le: date | None = None
    dernier_jour: date | None = None
    acquise_le: date | None = None
    elements_attendus: tuple[str, ...] = ()
    delai_elements: date | None = None
    pieces: tuple[str, ...] = ()
    # Kept with the receipt, not printed: how the date it announces was counted (CAL-11).
    explication: tuple[str, ...] = ()
    canal: str = ""
    depose_jour: date | None = None
    reference: str = ""
    # The day of the refusal that was withdrawn on `recu_jour`: the examination begins anew.
    decision_retiree: date | None = None
    premiere_ars: str = ""
    premiere_reception: date | None = None


@dataclass(frozen=True, kw_only=True)
class AccuseRecours:
    """AR-1 of a recours gracieux against `acte`. `silence`: what it is worth at `acquise_le`, rejet or acceptation; both days are absent
    together. `depose_jour`: the postmark, of one received by post. `explication` is kept, not printed (CAL-11).
    """

    reperes: Reperes
    acte: str
    destinataire: str
    recu_jour: date
    service: Service
    depose_jour: date | None = None
    est_tardif: bool = False
    silence: str = "rejet"
    dernier_jour: date | None = None
    acquise_le: date | None = None
    tribunal: str = ""
    explication: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Motif:
    """One reason: its title, its ground in law, the facts (MOT-1)."""

    intitule: str
    fondement: str
    faits: str


@dataclass(frozen=True, kw_only=True)
class NotificationDecision:
    """`validee_le` set: the decision withdraws a validation of that day (DL-8), after the équipe was heard from `entendue_le`, until
    `observations_jusquau`.

    `nature`, beside a decision on the letter or the projet: the classement of a request left unanswered at `delai_passe` (DL-10), or
    what is made of a projet that was due that day (DL-2), with `nouveau_delai` where one is given, or the answer to a recours gracieux
    against `conteste`, received on `recu_jour`. Only what is unfavourable says
    its remedies: `delai_recours` to contest it, as a text, `delai_reponse` of a recours gracieux and what silence is then worth.
    """

    reperes: Reperes
    objet: Objet
    sens: Literal["favorable", "defavorable", "neutre"]
    destinataire: str
    recu_jour: date
    date_decision: date
    signataire: str
    fonction: str
    # The receipt is that of the complete file; False: an indispensable item was still awaited.
    est_complete: bool = True
    motifs: tuple[Motif, ...] = ()
    message: str = ""
    validee_le: date | None = None
    entendue_le: date | None = None
    observations_jusquau: date | None = None
    avis_caisse: str = ""
    derogations: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    tribunal: str = ""
    recours_hierarchique: bool = False
    delai_recours: str = "deux mois"
    delai_reponse: str = "deux mois"
    silence_recours: Literal["rejet", "acceptation"] = "rejet"
    nature: Literal[
        "decision", "classement", "delai_accorde", "mise_en_demeure", "cloture", "resiliation", "recours"
    ] = "decision"
    demandees_le: date | None = None
    manquantes: tuple[str, ...] = ()
    delai_passe: date | None = None
    nouveau_delai: date | None = None
    conteste: str = ""
    est_irrecevable: bool = False


@dataclass(frozen=True, kw_only=True)
class AttestationTacite:
    """AR-2: what silence made, and how its date was found (CAL-11)."""

    reperes: Reperes
    objet: Objet
    destinataire: str
    recu_jour: date
    dernier_jour: date
    acquise_le: date
    explication: tuple[str, ...]
    signataire: str = ""
    fonction: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    libelle: str
    est_remplie: bool
    constat: str = ""


@dataclass(frozen=True, kw_only=True)
class OrdreVersement:
    """A payment with its checklist and its two agents (FIN-11)."""

    reperes: Reperes
    reference: str
    libelle: str
    beneficiaire: str
    identifiants: str
    iban: str
    montant: Decimal
    fondement: str
    conditions: tuple[Condition, ...]
    propose_par: str
    propose_le: datetime
    valide_par: str = ""
    valide_le: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Calcul:
    """One line of an amount's explanation, its value already written."""

    libelle: str
    detail: str = ""
    valeur: str = ""


@dataclass(frozen=True, kw_only=True)
class LettreFinanciere:
    """A step of a recovery (REC-1) or of a résiliation (REC-2), written by one of the three parties (`emetteur`).

    `essentiel` is the sentence in the frame, `precision` what goes under it. `delai_recours` set: the letter decides against the équipe
    and says its remedies. `echeances`: the instalments.
    """

    reperes: Reperes
    emetteur: Literal["equipe", "ars", "caisse"]
    reference: str
    objet: str
    destinataire: str
    date_lettre: date
    signataire: str
    fonction: str
    essentiel: str
    precision: str = ""
    rubriques: tuple[Rubrique, ...] = ()
    calcul: tuple[Calcul, ...] = ()
    echeances: tuple[Echeance, ...] = ()
    suites: tuple[str, ...] = ()
    delai_recours: str = ""
    tribunal: str = ""
    # Kept with the letter, not printed: how the date it announces was counted (CAL-11).
    explication: tuple[str, ...] = ()

    @property
    def calcul_precise(self) -> bool:
        """Has a line of the computation a precision? Without one, its column would stand empty."""
        return any(c.detail for c in self.calcul)

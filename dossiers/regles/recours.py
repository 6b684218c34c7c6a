"""The recours gracieux: its clock, at whose end silence is a rejection (CAL-6), and which days of one hold together."""

from __future__ import annotations

from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.typographie import date_fr

from . import explication as x
from . import silence_regle
from .depots import A_VENIR
from .echeance import EcheanceCalculee
from .faits_delais import RecoursFait
from .silence_regle import Attente

REJET, ACCEPTATION = "CAL-6", "CAL-6-A"
REGLES = (REJET, ACCEPTATION)
REGIME = "regime_recours_gracieux"
DELAI = "delai_reponse_recours"


def echeance(r: RecoursFait, p: Parametres, fuseau: str) -> EcheanceCalculee:
    """The last day of the ARS to answer. Silence rejects, requests for items suspending the clock; where the setting says that it
    accepts, they start it anew (CAL-6).
    """
    return silence_regle.echeance(_attente(r), p, fuseau)


def _attente(r: RecoursFait) -> Attente:
    texte = (
        "Recours gracieux reçu par la première administration saisie."
        if r.a_ete_transmis
        else "Recours gracieux reçu par l’ARS."
    )
    return Attente(
        regles=REGLES,
        reglages=(REGIME, DELAI),
        objet=r.objet,
        rang=r.rang,
        recue_le=r.recu_le,
        demandes=r.demandes,
        depart=x.depart(r.recu_le, texte, "CAL-10" if r.a_ete_transmis else "CAL-6"),
        rejet="le recours est réputé rejeté",
        acceptation="le recours est réputé accepté",
    )


def est_tardif(depose_le: date, limite: date | None) -> bool:
    """After the last day of DL-9. Without a computed one (`calcul_recours`, or a notification not proved), the portal bars nothing."""
    return limite is not None and depose_le > limite


def verifier_dates(
    depot: date, reception: date, premiere: date | None, *, aujourdhui: date, decision_le: date
) -> dict[str, str]:
    """Errors by field of a recours received by post: none of its days is to come, each follows the one before, the first one the
    decision. `premiere`: its receipt by another administration (CAL-10).
    """
    erreurs = {}
    if depot > aujourdhui:
        erreurs["date_depot"] = A_VENIR
    elif depot < decision_le:
        erreurs["date_depot"] = f"Le recours ne précède pas la décision, du {date_fr(decision_le)}."
    if reception > aujourdhui:
        erreurs["date_reception"] = A_VENIR
    elif reception < depot:
        erreurs["date_reception"] = "La réception ne précède pas le jour du dépôt."
    if premiere is not None and not depot <= premiere <= reception:
        erreurs["date_premiere_reception"] = "Ce jour est entre le cachet de la poste et votre réception."
    return erreurs

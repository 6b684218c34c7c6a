"""What the law says of a dossier while the scan is late (CAL-9), from what its rows already know: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .cycle import BASCULES
from .statuts import Statut

REJET = "CAL-6"
# A report put off: owed for the last year of a contract too, after its end.
RAPPORT = "IND-3"
SILENCES = {Statut.LETTRE_DEPOSEE: "DL-1", Statut.PROJET_DEPOSE: "DL-3"}
# Ends of withdrawal and remedies, five years: shown, they wait for nobody.
SANS_ATTENTE = ("DL-6", "DL-8", "DL-9")
# Those whose last day settles nothing: what they awaited may be awaited still. Silence decides the others.
ENCORE_ATTENDUES = ("DL-2", "DL-10", "AVI", "AVI-2", "DL-4", "DL-5", "DL-7", RAPPORT)
ATTENDENT_LE_PROJET = (Statut.LETTRE_VALIDEE, Statut.AMORCAGE_SIGNE)


class DateEcrite(Protocol):
    """An échéance as it is stored; `suite`: the dates that silence would start, computed beforehand."""

    regle: str
    objet: str
    rang: int
    statut: str
    instant: datetime | None
    suite: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Etat:
    """The columns of a dossier that time moves by itself."""

    statut: Statut
    depuis: datetime
    bascule_le: datetime | None
    prochaine_le: datetime | None
    est_tardif: bool


def est_en_retard(ecrit: Etat, instant: datetime) -> bool:
    """Has something passed that no scan has written down?"""
    return any(le is not None and le <= instant for le in (ecrit.bascule_le, ecrit.prochaine_le))


def statut_le(statut: str, bascule_le: datetime | None, instant: datetime) -> Statut:
    """The state at this instant: time alone has moved it once `bascule_le` has passed."""
    code = Statut(statut)
    return BASCULES.get(code, code) if bascule_le is not None and bascule_le <= instant else code


def lire(ecrit: Etat, dates: Sequence[DateEcrite], instant: datetime) -> Etat:
    """The same columns as the scan would write them now."""
    if not est_en_retard(ecrit, instant):
        return ecrit
    bascule = ecrit.bascule_le if ecrit.statut in BASCULES else None
    passee = bascule is not None and bascule <= instant
    statut = BASCULES[ecrit.statut] if passee else ecrit.statut
    courantes = {(e.regle, e.objet, e.rang): (e.statut, e.instant) for e in dates}
    if passee:
        courantes |= {
            (s["regle"], s["objet"], s["rang"]): ("ouverte", datetime.fromisoformat(s["instant"]))
            for s in suites_nees(ecrit, dates, instant)
        }
    ouvertes = [(cle[0], le) for cle, (s, le) in courantes.items() if s == "ouverte" and le is not None]
    suivantes = [
        le
        for regle, le in ouvertes
        if le > instant and regle not in SANS_ATTENTE and (statut is not Statut.CLOS or regle == RAPPORT)
    ]
    retard = any(regle == "DL-2" and le <= instant for regle, le in ouvertes) or (
        passee and any(cle[0] == "DL-2" and s == "echue" for cle, (s, _) in courantes.items())
    )
    return Etat(
        statut=statut,
        depuis=bascule if passee and bascule is not None else ecrit.depuis,
        bascule_le=None if passee else ecrit.bascule_le,
        prochaine_le=min(suivantes, default=None),
        est_tardif=ecrit.est_tardif or (statut in ATTENDENT_LE_PROJET and retard),
    )


def suites_nees(ecrit: Etat, dates: Sequence[DateEcrite], instant: datetime) -> list[Mapping[str, Any]]:
    """The dates that a silence passed at this instant, and not yet written down, has started: a validation, or the rejection of a
    recours.
    """
    bascule = ecrit.bascule_le if ecrit.statut in SILENCES else None
    regle = SILENCES[ecrit.statut] if bascule is not None and bascule <= instant else None
    return [
        s
        for e in dates
        if e.statut == "ouverte" and e.instant is not None and e.instant <= instant
        if e.regle == REJET or (e.regle == regle and e.instant == bascule)
        for s in e.suite
        if s.get("instant")
    ]


def statut_de_date(statut: str, echeance: datetime | None, instant: datetime, *, fin: datetime | None = None) -> str:
    """An open date whose instant has passed is over; what came after the contract's own end (`fin`) is void."""
    if statut != "ouverte" or echeance is None:
        return statut
    if fin is not None and fin <= instant and echeance > fin:
        return "annulee"
    return "echue" if echeance <= instant else statut

"""Silence: the clock that becomes an acceptance (restarted) or a rejection (suspended), and what may still beat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres

from .delais import ajouter, borne
from .faits_delais import Demande, FaitsDelais


@dataclass(frozen=True, slots=True)
class Silence:
    """An acceptance clock followed through its requests. `dernier_jour` is None while an indispensable item is awaited.

    `demandes`: each request, in order, with whether it stopped the clock.
    """

    reception: date
    origine: date
    dernier_jour: date | None
    demandes: tuple[tuple[Demande, bool], ...]

    @property
    def est_suspendu(self) -> bool:
        return self.dernier_jour is None

    @property
    def effectives(self) -> tuple[Demande, ...]:
        return tuple(d for d, effective in self.demandes if effective)

    def atteint(self, jour: date) -> bool:
        """Does an act of this day still come before silence has decided?"""
        return self.dernier_jour is None or jour <= self.dernier_jour


def suivre(reception: date, demandes: Sequence[Demande], delai: Delai, *, mode_naissance: str = "quantieme") -> Silence:
    """Follows an acceptance clock (CAL-2, CAL-6).

    A request counts when it is indispensable and made by the last day as it then stood, or while another is awaited. The origin
    is the latest receipt among those that count, and the whole delay runs anew from it.
    """
    sursis = timedelta(days=1 if mode_naissance == "lendemain" else 0)
    origine, fin, attendue = reception, ajouter(reception, delai) + sursis, False
    suivies: list[tuple[Demande, bool]] = []
    for d in sorted(demandes, key=lambda x: (x.demandee_le, x.close_le or date.max)):
        effective = d.indispensable and (attendue or d.demandee_le <= fin)
        suivies.append((d, effective))
        if not effective:
            continue
        if d.close_le is None:
            attendue = True
        else:
            origine = max(origine, d.close_le)
            fin = ajouter(origine, delai) + sursis
    return Silence(reception, origine, None if attendue else fin, tuple(suivies))


@dataclass(frozen=True, slots=True)
class Suspension:
    """What a request did to a rejection clock: the days that it adds (0: covered by an earlier one, or made too late)."""

    demande: Demande
    limite: date
    jours: int
    est_tardive: bool = False


def suspensions(
    premiere_reception: date, delai: Delai, demandes: Sequence[Demande] = (), *, delai_pieces: Delai
) -> tuple[date, tuple[Suspension, ...]]:
    """(last day, what each request adds) of a clock at whose end silence is a rejection (CAL-6, CAL-10), from the receipt by the first
    administration, competent or not.

    An indispensable request suspends, from its day to the receipt, at most up to the delay set; days asked for twice count once.
    """
    fin, couvert = ajouter(premiere_reception, delai), date.min
    suivies = []
    for d in sorted((d for d in demandes if d.indispensable), key=lambda x: x.demandee_le):
        limite = d.limite or ajouter(d.demandee_le, delai_pieces)
        if d.demandee_le > fin:
            suivies.append(Suspension(d, limite, 0, est_tardive=True))
            continue
        reprise = min(d.close_le or limite, limite)
        debut = max(d.demandee_le, couvert, premiere_reception)
        jours = max((reprise - debut).days, 0)
        if jours:
            fin += timedelta(days=jours)
            couvert = reprise
        suivies.append(Suspension(d, limite, jours))
    return fin, tuple(suivies)


def dernier_jour_rejet(
    premiere_reception: date, delai: Delai, demandes: Sequence[Demande] = (), *, delai_pieces: Delai
) -> date:
    """Last day before silence is a rejection."""
    return suspensions(premiere_reception, delai, demandes, delai_pieces=delai_pieces)[0]


def acte_recevable(
    dernier_jour: date | None, *, signee_le: date | None, notifiee_le: date | None, fait_foi: str
) -> bool:
    """CAL-7: does an express decision come before silence? By its notification (letter) or its signature (projet)."""
    jour = notifiee_le if fait_foi == "notification" else signee_le
    return jour is not None and (dernier_jour is None or jour <= dernier_jour)


def silence(f: FaitsDelais, p: Parametres, objet: str) -> Silence | None:
    """The tacit clock of the letter or the projet; None before it is received."""
    if objet == "lettre":
        recue, demandes, delai = f.lettre_recue, f.lettre_demandes, p.delai_instruction_lettre
    else:
        recue, demandes, delai = f.projet_recu, f.projet_demandes, p.delai_instruction_projet
    return suivre(recue, demandes, delai, mode_naissance=p.mode_naissance) if recue else None


def opposition_arrete(f: FaitsDelais, p: Parametres) -> bool:
    """AVI-2: a motivated unfavourable act of the caisse, made while silence could still decide on this projet, stops it."""
    s = silence(f, p, "projet")
    if s is None or f.opposition_caisse_le is None or not p.opposition_caisse_bloque:
        return False
    return min(f.projet_depose or s.reception, s.reception) <= f.opposition_caisse_le and s.atteint(
        f.opposition_caisse_le
    )


def est_tacite(f: FaitsDelais, p: Parametres, objet: str, instant: datetime) -> bool:
    """Is the tacit validation of this object born at this instant (CAL-2, CAL-9)? Not when an express decision came in time."""
    s = silence(f, p, objet)
    if s is None or s.dernier_jour is None or (objet == "projet" and opposition_arrete(f, p)):
        return False
    d = f.lettre_decision if objet == "lettre" else f.projet_decision
    fait_foi = p.fait_foi_lettre if objet == "lettre" else p.fait_foi_projet
    if d is not None and d.mode == "expresse":
        en_temps = acte_recevable(s.dernier_jour, signee_le=d.signee_le, notifiee_le=d.notifiee_le, fait_foi=fait_foi)
        if en_temps:
            return False
    return borne(s.dernier_jour, f.fuseau) <= instant

"""The clock of a demand whose silence is a matter of setting (CAL-6): rejected, requests for items suspending it; or accepted, requests
starting it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres

from . import explication as x
from .delais import borne
from .echeance import EcheanceCalculee
from .explication import Etape
from .faits_delais import Demande
from .tacite import Suspension, suivre, suspensions


@dataclass(frozen=True, kw_only=True, slots=True)
class Attente:
    """A demand that waits for the ARS. `regles`: what its échéance is called where silence rejects, and where it accepts; `reglages`: the
    settings of its regime and of its delay; `depart`: the line of its origin; `rejet`, `acceptation`: what silence makes of it.
    """

    regles: tuple[str, str]
    reglages: tuple[str, str]
    objet: str
    rang: int
    recue_le: date
    demandes: Sequence[Demande]
    depart: Etape
    rejet: str
    acceptation: str

    def accepte(self, p: Parametres) -> bool:
        return bool(getattr(p, self.reglages[0]) == "acceptation")

    def delai(self, p: Parametres) -> Delai:
        delai: Delai = getattr(p, self.reglages[1])
        return delai


def echeance(a: Attente, p: Parametres, fuseau: str) -> EcheanceCalculee:
    """The last day of the ARS to answer, explained; without a day while an acceptance clock waits for items."""
    return _acceptation(a, p, fuseau) if a.accepte(p) else _rejet(a, p, fuseau)


def _rejet(a: Attente, p: Parametres, fuseau: str) -> EcheanceCalculee:
    fin, suivies = suspensions(a.recue_le, a.delai(p), a.demandes, delai_pieces=p.delai_pieces)
    etapes = [
        *_debut(a, p, "Le silence vaut rejet\u00a0: une demande de pièces suspend le délai, sans le faire repartir."),
        *(_suspension(s) for s in suivies),
    ]
    return _fin(a.regles[0], a, fin, fuseau, etapes, a.rejet)


def _acceptation(a: Attente, p: Parametres, fuseau: str) -> EcheanceCalculee:
    s = suivre(a.recue_le, a.demandes, a.delai(p), mode_naissance=p.mode_naissance)
    debut = _debut(a, p, "Le silence vaut acceptation, par réglage.")
    # The starting day, each stop, then the delay: the order in which the addition is redone.
    etapes = [debut[0], *x.arrets(s.demandes, s.origine, s.reception), *debut[1:]]
    if s.dernier_jour is None:
        return EcheanceCalculee(
            regle=a.regles[1], objet=a.objet, qui="ars", rang=a.rang, suspendue=True, explication=tuple(etapes)
        )
    if p.mode_naissance == "lendemain":
        texte = "Un jour de plus, par réglage."
        etapes.append(Etape("Naissance le lendemain", texte, "+\u00a01\u00a0jour", "CAL-2", reglage="mode_naissance"))
    return _fin(a.regles[1], a, s.dernier_jour, fuseau, etapes, a.acceptation)


def _debut(a: Attente, p: Parametres, regime: str) -> list[Etape]:
    return [
        a.depart,
        Etape("Régime du silence", regime, "sans effet", "CAL-6", x.SILENCE_RECOURS, a.reglages[0]),
        x.duree("Délai donné à l’ARS pour répondre", a.delai(p), x.SILENCE_RECOURS, a.reglages[1]),
    ]


def _suspension(s: Suspension) -> Etape:
    d, quand = s.demande, x.jour_ecrit(s.demande.demandee_le)
    if s.est_tardive:
        texte = f"Pièces demandées le {quand}, après la décision née du silence\u00a0: elle reste acquise."
        return Etape("Demande trop tardive", x.typographie(texte), "sans effet", "CAL-6", x.PIECES)
    if d.close_le is not None and d.close_le <= s.limite:
        suite = f"reçues le {x.jour_ecrit(d.close_le)}"
    elif d.close_le is not None:
        suite = f"reçues après le {x.jour_ecrit(s.limite)}, dernier jour fixé"
    else:
        suite = f"attendues jusqu’au {x.jour_ecrit(s.limite)}, au plus"
    texte = f"Pièces demandées le {quand}, {suite}\u00a0: le délai reprend où il s’était arrêté."
    valeur = f"+\u00a0{s.jours}\u00a0jour{'s' if s.jours > 1 else ''}" if s.jours else "sans effet"
    return Etape("Suspension du délai", x.typographie(texte), valeur, "CAL-6", x.PIECES)


def _fin(regle: str, a: Attente, fin: date, fuseau: str, etapes: list[Etape], naissance: str) -> EcheanceCalculee:
    resultat = x.resultat("Dernier jour de l’ARS", fin, fuseau, "CAL-2", naissance=naissance)
    return EcheanceCalculee(
        regle=regle,
        objet=a.objet,
        qui="ars",
        rang=a.rang,
        dernier_jour=fin,
        acquise_le=fin + timedelta(days=1),
        instant=borne(fin, fuseau),
        explication=(*etapes, x.calendrier(fin), resultat),
    )

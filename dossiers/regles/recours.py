"""The recours gracieux: its clock, at whose end silence is a rejection (CAL-6), and which days of one hold together."""

from __future__ import annotations

from datetime import date, timedelta

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.typographie import date_fr

from . import explication as x
from .delais import borne
from .depots import A_VENIR
from .echeance import EcheanceCalculee
from .explication import Etape
from .faits_delais import RecoursFait
from .tacite import Suspension, suivre, suspensions

REJET, ACCEPTATION = "CAL-6", "CAL-6-A"
REGLES = (REJET, ACCEPTATION)
REGIME = "regime_recours_gracieux"
DELAI = "delai_reponse_recours"


def echeance(r: RecoursFait, p: Parametres, fuseau: str) -> EcheanceCalculee:
    """The last day of the ARS to answer. Silence rejects, requests for items suspending the clock; where the setting says that it
    accepts, they start it anew (CAL-6).
    """
    return _acceptation(r, p, fuseau) if p.regime_recours_gracieux == "acceptation" else _rejet(r, p, fuseau)


def _rejet(r: RecoursFait, p: Parametres, fuseau: str) -> EcheanceCalculee:
    fin, suivies = suspensions(r.recu_le, p.delai_reponse_recours, r.demandes, delai_pieces=p.delai_pieces)
    etapes = [
        *_debut(r, p, "Le silence vaut rejet\u00a0: une demande de pièces suspend le délai, sans le faire repartir."),
        *(_suspension(s) for s in suivies),
    ]
    return _fin(REJET, r, fin, fuseau, etapes, "le recours est réputé rejeté")


def _acceptation(r: RecoursFait, p: Parametres, fuseau: str) -> EcheanceCalculee:
    s = suivre(r.recu_le, r.demandes, p.delai_reponse_recours, mode_naissance=p.mode_naissance)
    debut = _debut(r, p, "Le silence vaut acceptation, par réglage.")
    # The starting day, each stop, then the delay: the order in which the addition is redone.
    etapes = [debut[0], *x.arrets(s.demandes, s.origine, s.reception), *debut[1:]]
    if s.dernier_jour is None:
        return EcheanceCalculee(
            regle=ACCEPTATION, objet=r.objet, qui="ars", rang=r.rang, suspendue=True, explication=tuple(etapes)
        )
    if p.mode_naissance == "lendemain":
        texte = "Un jour de plus, par réglage."
        etapes.append(Etape("Naissance le lendemain", texte, "+\u00a01\u00a0jour", "CAL-2", reglage="mode_naissance"))
    return _fin(ACCEPTATION, r, s.dernier_jour, fuseau, etapes, "le recours est réputé accepté")


def _debut(r: RecoursFait, p: Parametres, regime: str) -> list[Etape]:
    texte = (
        "Recours gracieux reçu par la première administration saisie."
        if r.a_ete_transmis
        else "Recours gracieux reçu par l’ARS."
    )
    return [
        x.depart(r.recu_le, texte, "CAL-10" if r.a_ete_transmis else "CAL-6"),
        Etape("Régime du silence", regime, "sans effet", "CAL-6", x.SILENCE_RECOURS, REGIME),
        x.duree("Délai donné à l’ARS pour répondre", p.delai_reponse_recours, x.SILENCE_RECOURS, DELAI),
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


def _fin(regle: str, r: RecoursFait, fin: date, fuseau: str, etapes: list[Etape], naissance: str) -> EcheanceCalculee:
    resultat = x.resultat("Dernier jour de l’ARS", fin, fuseau, "CAL-2", naissance=naissance)
    return EcheanceCalculee(
        regle=regle,
        objet=r.objet,
        qui="ars",
        rang=r.rang,
        dernier_jour=fin,
        acquise_le=fin + timedelta(days=1),
        instant=borne(fin, fuseau),
        explication=(*etapes, x.calendrier(fin), resultat),
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

"""The recours gracieux on the page of a dossier: what may be contested and until when, what waits for an answer, what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dossiers import dates, faits, grille
from dossiers.lecture_notifications import notifications
from dossiers.lecture_recours import ACTES, Contestable, contestable, echeance, est_ouvert, issue_lue
from dossiers.models import Depot, Echeance, Recours
from dossiers.regles.apres_decision import dernier_jour
from dossiers.regles.recours import REGLES, REJET, est_tardif
from dossiers.services.notifications import derniere_lettre
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.socle import composants
from ess_portal.socle.typographie import dans, date_fr

from .lecture import Vie

Carte = dict[str, Any]


def cartes(vie: Vie) -> list[Carte]:
    """One per recours, the last one first; before any, for the équipe, the decision that it may contest."""
    lignes = [_carte(vie, r) for r in reversed(faits.recours(vie.dossier))]
    acte = vie.acte("former_recours_gracieux")
    c = contestable(vie.dossier) if acte is not None else None
    if acte is not None and c is not None:
        lien = {"libelle": acte.libelle, "url": vie.lien(acte)}
        lignes.insert(0, _bloc(f"Contester {c.acte}", _delai(vie, c), lien=lien, **_pourquoi(vie, _dl9(vie, c.objet))))
    return lignes


def _bloc(titre: str, phrases: list[str], **autres: Any) -> Carte:
    return {
        "titre": titre,
        "etat": "",
        "phrases": phrases,
        "citations": (),
        "explication": None,
        "url": "",
        "lien": None,
    } | autres


def _delai(vie: Vie, c: Contestable) -> list[str]:
    limite, duree = _dl9(vie, c.objet), _delai_recours(vie, c.objet)
    phrases = ["Un recours gracieux demande à l’ARS de réexaminer sa décision."]
    if limite is not None and limite.dernier_jour is not None and c.decision is not None:
        if limite.dernier_jour < vie.jour:
            fin = f"Le délai a pris fin le {date_fr(limite.dernier_jour)}\u00a0: l’ARS peut rejeter un recours comme tardif."
        else:
            reste = dans(limite.dernier_jour, vie.jour)
            fin = f"Vous pouvez le former jusqu’au {date_fr(limite.dernier_jour)} inclus, {reste}."
        return [*phrases, fin]
    notifiee_le = c.notifiee_le if c.decision is not None else _lettre_notifiee_le(vie)
    if notifiee_le is None:
        return [*phrases, f"Le délai, de {duree}, court de la notification, qui n’est pas encore prouvée."]
    return [*phrases, f"Formez-le dans les {duree} de la notification, qui est du {date_fr(notifiee_le)}."]


def _delai_recours(vie: Vie, objet: str) -> Delai:
    return grille.parametres(vie.dossier, objet, vie.jour).delai_recours


def _lettre_notifiee_le(vie: Vie) -> date | None:
    """Of the letter that ended the dossier: no decision carries its day."""
    lettre = derniere_lettre(vie.dossier)
    lues = notifications(vie.dossier, [lettre], vie.jour) if lettre is not None else []
    return lues[0].notifiee_le if lues else None


def _dl9(vie: Vie, objet: str) -> Echeance | None:
    return vie.echeance("DL-9", objet)


def _pourquoi(vie: Vie, e: Echeance | None) -> Carte:
    if e is None:
        return {}
    return {"explication": e.explication, "url": dates.adresse(vie.dossier.numero, e)}


def _carte(vie: Vie, r: Recours) -> Carte:
    acte, e = ACTES[Recours.Contestation(r.contestation), r.objet], _sa_date(vie, r)
    ouvert = est_ouvert(vie.dossier, r, vie.maintenant)
    noms = ("completer_recours",) if vie.acteur.est_porteur else ("viser_decision", "repondre_recours")
    agir = vie.acte(*noms) if ouvert else None
    return _bloc(
        f"Recours gracieux contre {acte}",
        [*_recu(vie, r), *(_attendu(vie, r) if ouvert else _repondu(vie, r))],
        etat=_etat(vie, r, ouvert),
        citations=_citations(r),
        lien={"libelle": agir.libelle, "url": vie.lien(agir)} if agir else None,
        **_pourquoi(vie, e),
    )


def _sa_date(vie: Vie, r: Recours) -> Echeance | None:
    return next((e for e in vie.echeances if e.regle in REGLES and (e.objet, e.rang) == (r.objet, r.rang)), None)


def _etat(vie: Vie, r: Recours, ouvert: bool) -> str:
    if ouvert:
        return composants.etat("attente", "Réponse attendue de l’ARS")
    if r.issue == Recours.Issue.SANS_OBJET:
        return composants.etat("neutre", "Sans objet")
    issue = Recours.Issue(issue_lue(vie.dossier, r, vie.maintenant))
    mots = f"{issue.label}{' par le silence' if r.mode != Recours.Mode.EXPRESSE else ''}"
    return composants.etat("succes" if issue == Recours.Issue.ACCEPTE else "erreur", mots)


def _recu(vie: Vie, r: Recours) -> Iterator[str]:
    if r.canal == Depot.Canal.PORTAIL:
        yield f"Formé sur le portail le {date_fr(r.date_depot)}."
    else:
        ailleurs = (
            f", après une autre administration le {date_fr(r.date_premiere_reception)}"
            if r.date_premiere_reception
            else ""
        )
        yield f"Posté le {date_fr(r.date_depot)}, reçu par l’ARS le {date_fr(r.date_reception)}{ailleurs}."
    if _est_tardif(vie, r):
        yield "Formé après la fin du délai de recours\u00a0: l’ARS peut le rejeter comme tardif."


def _est_tardif(vie: Vie, r: Recours) -> bool:
    """As DL-9 has it, whenever the notification was proved."""
    if r.decision is None:
        return False
    p = grille.parametres(vie.dossier, r.objet, vie.jour)
    return est_tardif(r.date_depot, dernier_jour(r.decision.date_notification, p))


def _attendu(vie: Vie, r: Recours) -> Iterator[str]:
    e = echeance(vie.dossier, r)
    if e.dernier_jour is not None:
        suite = "rejeté" if e.regle == REJET else "accepté"
        yield f"Réponse au plus tard le {date_fr(e.dernier_jour)} inclus, {dans(e.dernier_jour, vie.jour)}."
        yield f"Sans réponse, il est {suite} par le silence le {date_fr(e.acquise_le)} à 0\u00a0h."
    else:
        yield "Le délai de réponse repartira en entier à la réception des pièces demandées."
    if demande := r.demande_ouverte:
        yield f"Pièces demandées le {date_fr(date.fromisoformat(demande['demandee_le']))}, à fournir jusqu’au {date_fr(date.fromisoformat(demande['limite']))} inclus."


def _repondu(vie: Vie, r: Recours) -> Iterator[str]:
    e = echeance(vie.dossier, r)
    if r.issue == Recours.Issue.SANS_OBJET:
        yield f"Clos le {date_fr(r.date_reponse)}. {r.reponse}"
        return
    implicite = r.mode != Recours.Mode.EXPRESSE
    rejete = issue_lue(vie.dossier, r, vie.maintenant) in Recours.REJETS
    if implicite and e.dernier_jour is not None:
        yield f"Aucune réponse au {date_fr(e.dernier_jour)} inclus\u00a0: il est {'rejeté' if rejete else 'accepté'} depuis le {date_fr(e.acquise_le)}."
    elif r.date_reponse is not None:
        yield f"Réponse de l’ARS du {date_fr(r.date_reponse)}."
    if rejete:
        yield from _tribunal(vie, r, e.dernier_jour if implicite else r.date_notification)


def _tribunal(vie: Vie, r: Recours, depuis: date | None) -> Iterator[str]:
    """The way that remains, and from which day (DL-9)."""
    if _est_tardif(vie, r):
        yield "Formé hors délai, ce recours n’a pas prolongé le délai de saisir le tribunal administratif."
        return
    duree, limite = _delai_recours(vie, r.objet), _dl9(vie, r.objet)
    if depuis is None:
        yield f"Le tribunal administratif peut être saisi dans les {duree} de la notification de cette réponse."
        return
    fin = (
        f", soit jusqu’au {date_fr(limite.dernier_jour)} inclus"
        if limite is not None and limite.dernier_jour is not None and limite.statut == Echeance.Statut.OUVERTE
        else ""
    )
    yield f"Le tribunal administratif peut être saisi dans les {duree} à compter du {date_fr(depuis)}{fin}, notamment sur www.telerecours.fr."


def _citations(r: Recours) -> tuple[tuple[str, str], ...]:
    demandes = tuple(("Pièces demandées", d["texte"]) for d in r.demandes)
    reponses = tuple(("Réponse de l’équipe", d["reponse"]) for d in r.demandes if d.get("reponse"))
    fin = (("Motifs de la réponse", r.reponse),) if r.reponse and r.issue != Recours.Issue.SANS_OBJET else ()
    return (("Motifs du recours", r.motifs), *demandes, *reponses, *fin)

"""What happens to a recours gracieux: items asked for and received, the answer of the ARS (CAL-6). Silence answers by the scan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits
from ..lecture_recours import ACTES
from ..models import Dossier, Recours
from ..regles.cycle import ROLES, TRANSITIONS, Qui
from ..regles.delais import ajouter
from ..regles.depots import verifier_pieces
from ..regles.notification import preuve_attendue
from ..regles.recours import REGLES
from ..regles.statuts import Statut
from . import cycle, dates_figees, echeances, retraits
from .courriels import courriel
from .instants import instant_legal
from .recours import CORRIGER, joindre

ACCEPTER = "accepte"
SANS_OBJET = "L’équipe a déposé une nouvelle version depuis ce refus\u00a0: ce recours n’a plus d’objet, et l’accepter retirerait ce qui est décidé sur elle. Rejetez-le en le disant."


@transaction.atomic
def demander_pieces_recours(
    *, numero: str, texte: str, acteur: Acteur, maintenant: datetime, date_limite: date | None = None
) -> Dossier:
    """Asks for what the recours lacks: its clock is suspended until it comes, at most to the limit (CAL-6)."""
    dossier, r = en_cours(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    au_plus = ajouter(jour, faits.parametres_recours(r).delai_pieces)
    limite = date_limite or au_plus
    erreurs = {} if texte.strip() else {"texte": "Dites quelles pièces sont attendues."}
    if limite <= jour:
        erreurs["date_limite"] = "Choisissez un jour à venir."
    elif limite > au_plus:
        erreurs["date_limite"] = f"Choisissez un jour jusqu’au {date_fr(au_plus)} inclus."
    if erreurs:
        raise ErreurMetier("pieces", CORRIGER, erreurs)
    if r.demande_ouverte is not None:
        raise Conflit("pieces", sans_demande(dossier))
    r.demandes = [
        *r.demandes,
        {"texte": texte.strip(), "demandee_le": str(jour), "limite": str(limite), "recue_le": None},
    ]
    r.save(update_fields=("demandes",))
    return _consigner(
        dossier, r, "demander_pieces_recours", dossier.equipe_id, "pieces", acteur, maintenant, date_limite=limite
    )


@transaction.atomic
def completer_recours(
    *,
    numero: str,
    acteur: Acteur,
    maintenant: datetime,
    texte: str = "",
    fichiers: Sequence[Any] = (),
    date_reception: date | None = None,
) -> Dossier:
    """The items asked for have come: sent by the équipe today, or entered by the ARS with the day of its post. The clock goes on."""
    dossier, r = en_cours(numero, acteur, maintenant)
    jour, demande = jour_local(maintenant, dossier.fuseau), r.demande_ouverte
    if demande is None:
        raise Conflit("pieces", "Aucune pièce n’est demandée pour ce recours.")
    recue_le = jour if acteur.est_porteur else date_reception
    erreurs = (
        verifier_pieces(recue_le, aujourdhui=jour, demandee_le=date.fromisoformat(demande["demandee_le"]))
        if recue_le is not None
        else {"date_reception": "Indiquez le jour de réception."}
    )
    if not texte.strip() and not fichiers:
        erreurs["fichiers"] = "Joignez ce qui est demandé, ou répondez par écrit."
    if erreurs or recue_le is None:
        raise ErreurMetier("pieces", CORRIGER, erreurs)
    joindre(dossier, fichiers, acteur, maintenant)
    r.demandes = [*r.demandes[:-1], demande | {"recue_le": str(recue_le), "reponse": texte.strip()}]
    r.save(update_fields=("demandes",))
    autre = dossier.ars_id if acteur.est_porteur else dossier.equipe_id
    _consigner(
        dossier,
        r,
        "completer_recours",
        autre,
        "complet",
        acteur,
        maintenant,
        legal_le=instant_legal(dossier, recue_le, maintenant),
        recues_le=recue_le,
    )
    # Received long ago and entered now: the suspension was shorter, silence may have answered since (CAL-9).
    if echeances.materialiser(numero=numero, maintenant=maintenant):
        return Dossier.objects.get(pk=dossier.pk)
    return dossier


@transaction.atomic
def repondre_recours(*, numero: str, issue: str, motifs: str, acteur: Acteur, maintenant: datetime) -> Dossier:
    """The ARS answers, with its reasons: it rejects, and the time to go to court runs anew; or it accepts, and the refusal is
    withdrawn by the act of the table where the state still permits it (its two months run anew).

    Raises Conflit once silence has answered, ErreurMetier without motives, when an acceptance that withdraws is not a signatory's, or
    when a filing came after the refusal: accepting would withdraw what was decided on that one.
    """
    dossier, r = en_cours(numero, acteur, maintenant)
    retrait = f"retirer_refus_{r.objet}"
    retire = issue == ACCEPTER and r.decision_id and Statut(dossier.statut) in TRANSITIONS[retrait].sources
    erreurs = {} if motifs.strip() else {"motifs": "Motivez la réponse, en droit et en fait."}
    if issue not in Recours.Issue:
        erreurs["issue"] = "Choisissez la réponse."
    elif issue == ACCEPTER and r.decision is not None and r.decision.version < faits.version(dossier, r.objet):
        erreurs["issue"] = SANS_OBJET
    elif retire and acteur.role not in ROLES[Qui.ARS_SIGNATAIRE]:
        erreurs["issue"] = "Accepter ce recours retire le refus\u00a0: cet acte revient à un signataire de l’ARS."
    if erreurs:
        raise ErreurMetier("recours", CORRIGER, erreurs)
    jour = jour_local(maintenant, dossier.fuseau)
    r.issue, r.mode, r.reponse = issue, Recours.Mode.EXPRESSE, motifs.strip()
    r.date_reponse, r.repondu_le, r.repondu_par_id = jour, maintenant, acteur.utilisateur_id
    p, joignable = faits.parametres_recours(r), faits.equipe_joignable(dossier)
    if preuve_attendue(p, joignable=joignable) == "mise_a_disposition":
        r.date_notification = jour
    invoquees = dates_figees.figer(dossier, *REGLES, objet=r.objet)
    r.save()
    dossier = _consigner(
        dossier,
        r,
        "repondre_recours",
        dossier.equipe_id,
        "reponse",
        acteur,
        maintenant,
        issue=issue,
        motifs=motifs.strip(),
        dates=invoquees,
    )
    if retire:
        return retraits.retirer(
            numero=numero, transition=retrait, motivation=motifs.strip(), acteur=acteur, maintenant=maintenant
        )
    return dossier


def en_cours(numero: str, acteur: Acteur, maintenant: datetime) -> tuple[Dossier, Recours]:
    """The dossier and its recours that waits for an answer, both locked, silence written down first. Raises Conflit without one."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = Recours.objects.select_for_update().filter(dossier=dossier, issue="").order_by("recu_le", "pk").last()
    if r is None:
        raise Conflit("recours", sans_recours(dossier))
    return dossier, r


def sans_recours(dossier: Dossier) -> str:
    """Why no recours waits for an answer, in a sentence."""
    dernier = Recours.objects.filter(dossier=dossier).exclude(issue="").order_by("date_reponse", "pk").last()
    if dernier is None or dernier.date_reponse is None:
        return "Aucun recours gracieux n’attend de réponse dans ce dossier."
    acte = ACTES[Recours.Contestation(dernier.contestation), dernier.objet]
    if dernier.mode == Recours.Mode.IMPLICITE:
        return (
            f"Le recours gracieux contre {acte} est {dernier.get_issue_display().lower()} par le silence\u00a0: "
            f"le dernier jour pour répondre était le {date_fr(dernier.date_reponse)}."
        )
    return f"Le recours gracieux contre {acte} a déjà reçu sa réponse, le {date_fr(dernier.date_reponse)}."


def sans_demande(dossier: Dossier) -> str:
    """Why items may not be asked for."""
    if Recours.objects.filter(dossier=dossier, issue="").exists():
        return "Des pièces sont déjà demandées pour ce recours\u00a0: attendez-les, ou répondez."
    return sans_recours(dossier)


def _consigner(
    dossier: Dossier,
    r: Recours,
    acte: str,
    organisation: int | None,
    etape: str,
    acteur: Acteur,
    maintenant: datetime,
    *,
    legal_le: datetime | None = None,
    **donnees: Any,
) -> Dossier:
    """The event, the mail to the other side, and the dates that it moves."""
    contexte = {nom: v for nom, v in donnees.items() if nom in ("date_limite", "issue", "recues_le")}
    contexte["silence"] = faits.parametres_recours(r).regime_recours_gracieux
    contestee = ACTES[Recours.Contestation(r.contestation), r.objet]
    envoi = f"{acte}:{r.pk}:{len(r.demandes)}:{organisation}"
    consigner(
        type=acte,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=legal_le,
        donnees={"recours": r.pk, "objet": r.objet, **donnees},
        effets=[courriel(dossier, "recours", envoi, organisation=organisation, etape=etape, acte=contestee, **contexte)]
        if organisation is not None
        else [],
    )
    echeances.recalculer(dossier, maintenant=maintenant)
    return dossier

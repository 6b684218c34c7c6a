"""What happens to a recours gracieux: items asked for and received, the answer of the ARS (CAL-6). Silence answers by the scan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits, grille
from ..lecture_recours import ACTES
from ..models import Dossier, Recours
from ..regles.cycle import ROLES, TRANSITIONS, Qui
from ..regles.delais import ajouter
from ..regles.depots import verifier_pieces
from ..regles.statuts import Statut
from ..regles.visa import exige_visa
from . import cycle, echeances, preparations, recours_issue, retraits
from .instants import instant_legal
from .recours import CORRIGER, joindre

ACCEPTER = Recours.Issue.ACCEPTE
REPONSES = (*Recours.REJETS, ACCEPTER)
# As the setting of the visa reads them.
SENS = {ACCEPTER.value: "favorable", **dict.fromkeys((x.value for x in Recours.REJETS), "defavorable")}
PREPAREE = "Une réponse est déjà préparée\u00a0: elle attend son visa, ou que l’on y renonce."
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
    recours_issue.consigner_acte(
        dossier, r, "demander_pieces_recours", [dossier.equipe_id], "pieces", acteur, maintenant, date_limite=limite
    )
    return dossier


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
    recours_issue.consigner_acte(
        dossier,
        r,
        "completer_recours",
        [autre],
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
def repondre_recours(
    *,
    numero: str,
    issue: str,
    motifs: str,
    acteur: Acteur,
    maintenant: datetime,
    recours: int | None = None,
    visee: bool = False,
    **_: Any,
) -> Dossier:
    """The ARS answers, with its reasons: it rejects, and the time to go to court runs anew; or it accepts, and the refusal is
    withdrawn by the act of the table where the state still permits it (its two months run anew). Elsewhere (a classement, a dossier
    that has ended since) a task of the ARS waits for what follows from it. Where the ARS asks for a visa and it is not `visee`, the
    answer is prepared only. `recours`: the one that was read; Conflit where another one came since.

    Raises Conflit once silence has answered, ErreurMetier without motives, when an acceptance that withdraws is not a signatory's, or
    when a filing came after the refusal: accepting would withdraw what was decided on that one.
    """
    dossier, r = en_cours(numero, acteur, maintenant)
    if recours not in (None, r.pk):
        raise Conflit("recours", "Un autre recours a été formé depuis\u00a0: relisez celui qui attend votre réponse.")
    retire = issue == ACCEPTER and retire_le_refus(dossier, r)
    erreurs = {} if motifs.strip() else {"motifs": "Motivez la réponse, en droit et en fait."}
    if issue not in REPONSES:
        erreurs["issue"] = "Choisissez la réponse."
    elif issue == ACCEPTER and r.decision is not None and r.decision.version < faits.version(dossier, r.objet):
        erreurs["issue"] = SANS_OBJET
    elif retire and acteur.role not in ROLES[Qui.ARS_SIGNATAIRE]:
        erreurs["issue"] = "Accepter ce recours retire le refus\u00a0: cet acte revient à un signataire de l’ARS."
    if erreurs:
        raise ErreurMetier("recours", CORRIGER, erreurs)
    jour = jour_local(maintenant, dossier.fuseau)
    if not visee and exige_visa(SENS[issue], grille.parametres(dossier, r.objet, jour)):
        return preparations.preparer_reponse(dossier, r, issue, motifs, acteur=acteur, maintenant=maintenant)
    suite = issue == ACCEPTER and not retire
    recours_issue.repondre(dossier, r, issue, motifs, acteur=acteur, maintenant=maintenant, suite=suite)
    if retire:
        return retraits.retirer(
            numero=numero,
            transition=f"retirer_refus_{r.objet}",
            motivation=motifs.strip(),
            acteur=acteur,
            maintenant=maintenant,
            decision=r.decision_id,
        )
    return Dossier.objects.get(pk=dossier.pk)


def retire_le_refus(dossier: Dossier, r: Recours) -> bool:
    """Does accepting it withdraw what it contests, or only bind the ARS to draw its consequences?"""
    return r.decision_id is not None and Statut(dossier.statut) in TRANSITIONS[f"retirer_refus_{r.objet}"].sources


def en_cours(numero: str, acteur: Acteur, maintenant: datetime) -> tuple[Dossier, Recours]:
    """The dossier and its recours that waits for an answer, both locked, silence written down first. Raises Conflit without one."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    r = Recours.objects.select_for_update().filter(dossier=dossier, issue="").order_by("recu_le", "pk").last()
    if r is None:
        raise Conflit("recours", sans_recours(dossier))
    return dossier, r


def sans_recours(dossier: Dossier) -> str:
    """Why no answer may be given, in a sentence."""
    if Recours.objects.filter(
        dossier=dossier, issue="", preparations__close_le=None, preparations__isnull=False
    ).exists():
        return PREPAREE
    dernier = Recours.objects.filter(dossier=dossier).exclude(issue="").order_by("date_reponse", "pk").last()
    if dernier is None or dernier.date_reponse is None:
        return "Aucun recours gracieux n’attend de réponse dans ce dossier."
    acte = ACTES[Recours.Contestation(dernier.contestation), dernier.objet]
    if dernier.issue == Recours.Issue.SANS_OBJET:
        return f"Le recours gracieux contre {acte} n’attend plus de réponse. {dernier.reponse}"
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

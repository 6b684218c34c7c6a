"""A recours gracieux comes in: made on the portal, or received on paper and entered with its real days (CAL-6, CAL-8, CAL-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.services import deposer_piece
from ess_portal.journal.services import consigner
from ess_portal.referentiel import services as referentiel
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import grille
from ..lecture_recours import Contestable, contestable, contestable_le, contestables, issue_lue
from ..models import Depot, Dossier, Echeance, Recours
from ..regles.apres_decision import dernier_jour
from ..regles.recours import est_tardif, verifier_dates
from . import accuse_recours, cycle, echeances, recours_issue
from .courriels import courriel
from .instants import instant_legal

SANS_MOTIFS = "Dites pourquoi la décision est contestée."
CORRIGER = "Certaines informations sont à corriger."
OBJET_PIECE = "recours"
AUCUNE = "Aucune décision défavorable n’est à contester dans ce dossier."
SANS_DECISION = "Aucune décision que ce recours puisse contester n’était en vigueur ce jour-là."
_TRIBUNAL = "il est rejeté, il reste le tribunal administratif"
SUITES = {
    "": "la réponse est attendue",
    Recours.Issue.REJETE: _TRIBUNAL,
    Recours.Issue.IRRECEVABLE: _TRIBUNAL,
    Recours.Issue.ACCEPTE: "il est accepté, l’ARS en tire les conséquences",
    Recours.Issue.SANS_OBJET: "il n’a plus d’objet",
}


@transaction.atomic
def former_recours(
    *,
    numero: str,
    motifs: str,
    acteur: Acteur,
    maintenant: datetime,
    fichiers: Sequence[Any] = (),
    malgre_le_delai: bool = False,
) -> Dossier:
    """The équipe contests the last unfavourable decision. Past the computed delay (DL-9) it says that it knows: the recours is then
    recorded as late, and the court's delay is over. Raises Conflit without such a decision, or when one was made against it already.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour, c = jour_local(maintenant, dossier.fuseau), _contestee(dossier)
    limite = limite_calculee(dossier, c, jour)
    erreurs = {} if motifs.strip() else {"motifs": SANS_MOTIFS}
    if est_tardif(jour, limite) and not malgre_le_delai and limite is not None:
        erreurs["malgre_le_delai"] = (
            f"Le délai de recours a pris fin le {date_fr(limite)}\u00a0: l’ARS peut rejeter ce recours comme tardif. Cochez pour le former quand même."
        )
    if erreurs:
        raise ErreurMetier("recours", CORRIGER, erreurs)
    return _recevoir(
        dossier,
        c,
        "former_recours_gracieux",
        Recours(canal=Depot.Canal.PORTAIL, date_depot=jour, date_reception=jour, recu_le=maintenant),
        motifs,
        fichiers,
        limite,
        acteur,
        maintenant,
    )


@transaction.atomic
def enregistrer_recours(
    *,
    numero: str,
    motifs: str,
    date_depot: date,
    date_reception: date,
    fichiers: Sequence[Any],
    acteur: Acteur,
    maintenant: datetime,
    date_premiere_reception: date | None = None,
) -> Dossier:
    """A recours received by post: its postmark tells which decision it contests and whether it is late (CAL-8), its first receipt by an
    administration starts the clock (CAL-10). Posted before a filing that came since, it is recorded and closed as without object.
    Raises ErreurMetier for days that do not hold together, without scan or motives.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    possibles = contestables(dossier)
    if not possibles:
        raise Conflit("recours", empechement(dossier) or "")
    c = contestable_le(dossier, date_depot)
    erreurs = verifier_dates(
        date_depot,
        date_reception,
        date_premiere_reception,
        aujourdhui=jour_local(maintenant, dossier.fuseau),
        decision_le=min(x.prise_le for x in possibles),
    )
    if c is None:
        erreurs.setdefault("date_depot", SANS_DECISION)
    if not motifs.strip():
        erreurs["motifs"] = SANS_MOTIFS
    if not fichiers:
        erreurs["fichiers"] = "Joignez ce que vous avez reçu, numérisé."
    if erreurs or c is None:
        raise ErreurMetier("recours", CORRIGER, erreurs)
    recu = Recours(
        canal=Depot.Canal.PAPIER,
        date_depot=date_depot,
        date_reception=date_reception,
        date_premiere_reception=date_premiere_reception,
        recu_le=instant_legal(dossier, date_reception, maintenant),
    )
    dossier = _recevoir(
        dossier,
        c,
        "enregistrer_recours",
        recu,
        motifs,
        fichiers,
        limite_calculee(dossier, c, date_depot),
        acteur,
        maintenant,
    )
    # Received long ago and entered now: silence may have answered since (CAL-9).
    if echeances.materialiser(numero=numero, maintenant=maintenant):
        return Dossier.objects.get(pk=dossier.pk)
    return dossier


def limite_calculee(dossier: Dossier, c: Contestable, jour: date) -> date | None:
    """The last day of DL-9 where the setting computes one and the notification is proved; the portal bars nothing otherwise."""
    if c.decision is None:
        return None
    return dernier_jour(c.notifiee_le, grille.parametres(dossier, c.objet, jour))


def delai_passe(dossier: Dossier) -> bool:
    """Is the computed delay over, at the instant the dossier was read at?"""
    instant, c = getattr(dossier, "lu_le", None), contestable(dossier)
    if instant is None or c is None:
        return False
    jour = jour_local(instant, dossier.fuseau)
    return est_tardif(jour, limite_calculee(dossier, c, jour))


def empechement(dossier: Dossier) -> str | None:
    """Why no recours may be made now, in a sentence."""
    c = contestable(dossier)
    if c is None:
        return AUCUNE
    if c.recours is None:
        return None
    suite = SUITES[issue_lue(dossier, c.recours, getattr(dossier, "lu_le", None))]
    return f"Un recours gracieux a déjà été formé contre {c.acte}, le {date_fr(c.recours.date_depot)}\u00a0: {suite}."


def empechement_par_courrier(dossier: Dossier) -> str | None:
    """Why no recours received by post may be entered, in a sentence."""
    return None if contestables(dossier) else empechement(dossier) or AUCUNE


def _contestee(dossier: Dossier) -> Contestable:
    c = contestable(dossier)
    if c is None or c.recours is not None:
        raise Conflit("recours", empechement(dossier) or "")
    return c


def _recevoir(
    dossier: Dossier,
    c: Contestable,
    acte: str,
    r: Recours,
    motifs: str,
    fichiers: Sequence[Any],
    limite: date | None,
    acteur: Acteur,
    maintenant: datetime,
) -> Dossier:
    r.dossier, r.objet, r.contestation, r.decision = dossier, c.objet, c.contestation, c.decision
    r.rang = 1 + Recours.objects.filter(dossier=dossier, objet=c.objet).count()
    r.motifs, r.est_tardif, r.forme_par_id = motifs.strip(), est_tardif(r.date_depot, limite), acteur.utilisateur_id
    r.jeu_national, r.jeu_regional = referentiel.jeux_du_jour(dossier.region, r.date_depot)
    r.save()
    joindre(dossier, fichiers, acteur, maintenant)
    echeances.recalculer(dossier, maintenant=maintenant)
    attendue = Echeance.objects.get(dossier=dossier, regle__startswith="CAL-6", objet=r.objet, rang=r.rang)
    # A silence that came before what replaces the decision has answered; else nothing is left to answer.
    fin, remplacee = attendue.dernier_jour, c.remplacee_le
    caduc = remplacee is not None and (fin is None or remplacee <= fin)
    destinataires = {dossier.equipe_id, dossier.ars_id} - {acteur.organisation_id, None}
    consigner(
        type=acte,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=r.recu_le,
        donnees={
            "recours": r.pk,
            "objet": r.objet,
            "contestation": r.contestation,
            "canal": r.canal,
            "date_depot": r.date_depot,
            "date_reception": r.date_reception,
            "est_tardif": r.est_tardif,
        },
        effets=[
            courriel(
                dossier,
                "recours",
                f"recours:{r.pk}:{o}",
                organisation=o,
                etape="recu",
                acte=c.acte,
                recu_le=r.date_reception,
                dernier_jour=None if caduc else fin,
            )
            for o in sorted(destinataires)
        ],
    )
    if caduc:
        recours_issue.clore(dossier, r, c.pourquoi, acteur=acteur, maintenant=maintenant)
        return dossier
    accuse_recours.accuser(dossier, r, attendue, acteur=acteur, maintenant=maintenant)
    return dossier


def joindre(dossier: Dossier, fichiers: Sequence[Any], acteur: Acteur, maintenant: datetime) -> None:
    for fichier in fichiers:
        deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="recours",
            libelle=f"Recours gracieux\u00a0: {fichier.name}"[:200],
            acteur=acteur,
            maintenant=maintenant,
            objet=OBJET_PIECE,
        )

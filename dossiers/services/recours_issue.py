"""How a recours gracieux ends otherwise than by silence: the ARS answers, or a new filing leaves it without object (CAL-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.horloge import jour_local

from .. import faits, grille
from ..lecture_recours import ACTES, phrase_sans_objet
from ..models import Dossier, Preparation, Recours, Tache
from ..regles.notification import preuve_attendue
from ..regles.recours import REGLES
from . import dates_figees, echeances, lettres, plis
from .courriels import courriel

SUITE = Tache.Type.SUITE_RECOURS


def repondre(
    dossier: Dossier, r: Recours, issue: str, motifs: str, *, acteur: Acteur, maintenant: datetime, suite: bool = False
) -> None:
    """The answer of the ARS, by a letter notified as its setting says, told to the équipe. `suite`: nothing follows from it by itself, a task of the
    ARS is opened and both are told.
    """
    jour = jour_local(maintenant, dossier.fuseau)
    p, joignable = grille.parametres(dossier, r.objet, jour), faits.equipe_joignable(dossier)
    if preuve_attendue(p, joignable=joignable) == "mise_a_disposition":
        r.date_notification = jour
    if suite:
        Tache.objects.create(
            dossier=dossier,
            type=SUITE,
            cle=f"{SUITE}:{r.objet}:{r.rang}:{jour}",
            qui="ars",
            ouverte_le=maintenant,
            **Tache.colonnes(dossier),
        )
    invoquees = dates_figees.figer(dossier, *REGLES, objet=r.objet)
    _finir(dossier, r, issue, motifs, maintenant, repondu_par_id=acteur.utilisateur_id)
    consigner_acte(
        dossier,
        r,
        "repondre_recours",
        [dossier.equipe_id, *([dossier.ars_id] if suite else [])],
        "reponse",
        acteur,
        maintenant,
        issue=issue,
        motifs=motifs.strip(),
        suite=suite,
        dates=invoquees,
    )
    lettres.recours(dossier, r, motifs.strip(), _conteste(r), suite=suite, acteur=acteur, maintenant=maintenant)
    if issue in Recours.REJETS:
        plis.attendre(dossier, r.cle_document, r.objet, maintenant=maintenant)


def conceder(dossier: Dossier, decision: int, motivation: str, *, acteur: Acteur, maintenant: datetime) -> None:
    """The refusal `decision` is withdrawn: what an open recours asked for is granted, what an accepted one left to do is done."""
    for r in Recours.objects.select_for_update().filter(dossier=dossier, decision=decision, issue=""):
        repondre(dossier, r, Recours.Issue.ACCEPTE, motivation, acteur=acteur, maintenant=maintenant)
    for r in Recours.objects.filter(dossier=dossier, decision=decision, issue=Recours.Issue.ACCEPTE):
        Tache.objects.filter(dossier=dossier, cle__startswith=f"{SUITE}:{r.objet}:{r.rang}:", faite_le=None).update(
            faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire="Le refus est retiré."
        )


def depose_depuis(
    dossier: Dossier, objet: str, version: int, depose_le: date, *, acteur: Acteur, maintenant: datetime
) -> None:
    """A new filing: a recours that waits against what was decided on an earlier one has no object any more."""
    ouverts = Recours.objects.select_for_update().filter(dossier=dossier, objet=objet, issue="")
    for r in ouverts.filter(decision__version__lt=version):
        clore(dossier, r, phrase_sans_objet(depose_le), acteur=acteur, maintenant=maintenant)


def clore(dossier: Dossier, r: Recours, pourquoi: str, *, acteur: Acteur, maintenant: datetime) -> None:
    """Without object, said to the équipe and to the ARS."""
    _finir(dossier, r, Recours.Issue.SANS_OBJET, pourquoi, maintenant)
    parties = [dossier.equipe_id, dossier.ars_id]
    consigner_acte(dossier, r, "clore_recours", parties, "sans_objet", acteur, maintenant, pourquoi=pourquoi)


def _finir(dossier: Dossier, r: Recours, issue: str, texte: str, maintenant: datetime, **autres: Any) -> None:
    r.issue, r.mode, r.reponse, r.repondu_le = issue, Recours.Mode.EXPRESSE, texte.strip(), maintenant
    r.date_reponse = jour_local(maintenant, dossier.fuseau)
    for nom, valeur in autres.items():
        setattr(r, nom, valeur)
    r.save()
    # What was prepared for it answers nothing any more.
    Preparation.objects.ouvertes().filter(recours=r).update(
        close_le=maintenant, motif_cloture="Recours répondu ou clos depuis."
    )


def _conteste(r: Recours) -> str:
    return ACTES[Recours.Contestation(r.contestation), r.objet]


def consigner_acte(
    dossier: Dossier,
    r: Recours,
    acte: str,
    organisations: Iterable[int | None],
    etape: str,
    acteur: Acteur,
    maintenant: datetime,
    *,
    legal_le: datetime | None = None,
    **donnees: Any,
) -> None:
    """The event, the mail to these organisations, and the dates that it moves."""
    dits = ("date_limite", "issue", "recues_le", "suite", "pourquoi")
    contexte = {nom: v for nom, v in donnees.items() if nom in dits}
    contexte["silence"] = faits.parametres_recours(r).regime_recours_gracieux
    # The mail of the answer is that of its letter.
    envoi = r.cle_document.partition(":")[2] if acte == "repondre_recours" else f"{acte}:{r.pk}:{len(r.demandes)}"
    consigner(
        type=acte,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=legal_le,
        donnees={"recours": r.pk, "objet": r.objet, **donnees},
        effets=[
            courriel(dossier, "recours", f"{envoi}:{o}", organisation=o, etape=etape, acte=_conteste(r), **contexte)
            for o in organisations
            if o is not None
        ],
    )
    echeances.recalculer(dossier, maintenant=maintenant)

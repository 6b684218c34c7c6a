"""The registered letter of a decision: the proof that it waits for (CAL-7), and the task of entering the day of its presentation."""

from __future__ import annotations

from datetime import date, datetime

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import faits, grille
from ..models import Dossier, Echeance, Recours, Tache
from ..regles.notification import a_presenter_avant, preuve_attendue

SILENCES = {"lettre": "DL-1", "projet": "DL-3"}


def preuve_en_attente(dossier: Dossier, objet: str, jour: date) -> str:
    """The proof that a decision signed and not notified waits for. Where being made available would have been it, the équipe had
    nobody to be told: it is then the registered letter, even once somebody has joined.
    """
    p = grille.parametres(dossier, objet, jour)
    joignable = p.preuve_notification != "mise_a_disposition" and faits.equipe_joignable(dossier)
    return preuve_attendue(p, joignable=joignable)


def attendre(dossier: Dossier, cle: str, objet: str, *, maintenant: datetime) -> None:
    """Opens the ARS's task for the letter `cle`, signed now and not notified, where its presentation is what will prove it."""
    jour = jour_local(maintenant, dossier.fuseau)
    p = grille.parametres(dossier, objet, jour)
    if preuve_attendue(p, joignable=faits.equipe_joignable(dossier)) != "presentation":
        return
    silence = Echeance.objects.filter(
        dossier=dossier,
        regle=SILENCES[objet],
        objet=objet,
        rang=faits.version(dossier, objet),
        statut=Echeance.Statut.OUVERTE,
    ).first()
    limite = a_presenter_avant(jour, p, dernier_jour=silence.dernier_jour if silence else None)
    Tache.objects.create(
        dossier=dossier,
        type=Tache.Type.PRESENTATION_PLI,
        cle=_cle(cle),
        qui="ars",
        ouverte_le=maintenant,
        a_faire_au_plus_tard=limite,
        **Tache.colonnes(dossier),
    )


def presente(dossier: Dossier, cle: str, le: date, *, acteur: Acteur, maintenant: datetime) -> None:
    """The task of the letter `cle` is done: it was presented on `le`."""
    Tache.objects.filter(dossier=dossier, cle=_cle(cle), faite_le=None).update(
        faite_le=maintenant, faite_par_id=acteur.utilisateur_id, commentaire=f"Pli présenté le {date_fr(le)}."
    )


def attendus(dossier: Dossier) -> set[str]:
    """Keys of the tasks whose decision may still be proved."""
    return {_cle(cle) for cle in attendues(dossier)}


def attendues(dossier: Dossier) -> set[str]:
    """Keys of the letters whose decision may still be proved: a signed refusal that is not in force, or one that is not notified."""
    signees = dossier.preparations.filter(close_le=None, signee_le__isnull=False)
    en_attente = (p for p in signees if p.attend(dossier.statut, faits.version(dossier, p.objet)))
    decisions = dossier.decisions.filter(date_notification=None, retiree_le=None, mode="expresse")
    rejets = dossier.recours.filter(date_notification=None, issue__in=Recours.REJETS, mode="expresse")
    return {x.cle_document for x in (*en_attente, *decisions, *rejets)}


def est_d_une_decision(cle: str) -> bool:
    """Of a task's key: is its letter that of a decision on the letter or the projet, which another act may make moot?"""
    return cle.startswith(_cle("decision:"))


def _cle(cle: str) -> str:
    return f"{Tache.Type.PRESENTATION_PLI}:{cle}"

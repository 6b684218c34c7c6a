"""The proof of a notification (CAL-7): the day it writes on a decision or on the rejection of a recours, or the refusal it puts in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.documents.models import Document
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import grille
from ..models import Decision, Dossier, Preparation, Recours
from ..regles.notification import presentation_admise
from . import cycle, decisions, echeances, plis, preparations
from .courriels import courriel
from .instants import instant, instant_legal
from .lettres import TYPE


def document_lu(*, document: Document, acteur: Acteur, maintenant: datetime) -> None:
    """The first reading of a decision's letter by a person of its équipe: a proof where the setting says so.

    Called by `noter_lecture` as the portal, before any other row of the reading is written: the dossier is locked first, as by
    every act, and what silence has already decided wins (CAL-9).
    """
    if document.type != TYPE or not acteur.est_porteur:
        return
    with transaction.atomic(), comme_portail():
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=document.dossier_id)
        if acteur.organisation_id != dossier.equipe_id:
            return
        if echeances.materialiser(numero=dossier.numero, maintenant=maintenant):
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        _prouver(dossier, document.cle, "premiere_consultation", jour_local(maintenant, dossier.fuseau), maintenant)


@transaction.atomic
def enregistrer_presentation(
    *,
    numero: str,
    presentee_le: date,
    acteur: Acteur,
    maintenant: datetime,
    reference: str = "",
    lettre: str = "",
    **_: Any,
) -> Dossier:
    """The LRAR of a letter, presented on a day (a fact, kept whatever the setting): of the last one, or of an earlier one still
    awaited, `lettre` (its key). Raises ErreurMetier for a day that cannot be, Conflit when there is no letter or it is recorded already.

    Recorded once silence has decided, the fact is kept and what silence made stands: the way that remains is the withdrawal (DL-8).
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    document = next((x for x in a_prouver(dossier) if x.cle == lettre), None) if lettre else derniere_lettre(dossier)
    if document is None and lettre:
        raise Conflit("presentation", "La présentation de ce pli n’est plus à enregistrer.")
    if document is None:
        raise Conflit("presentation", "Aucune décision n’a été notifiée.")
    signee_le = jour_local(document.cree_le, dossier.fuseau)
    if presentation(dossier, document.cle) is not None:
        raise Conflit("presentation", "La présentation de ce pli est déjà enregistrée.")
    jour = jour_local(maintenant, dossier.fuseau)
    refus = presentation_admise(presentee_le, signee_le=signee_le, aujourd_hui=jour)
    if refus:
        raise ErreurMetier("presentation", refus, {"presentee_le": refus})
    consigner(
        type="enregistrer_presentation",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        # A fact of its day, whatever the state has become since; never before the letter that it delivers.
        legal_le=maintenant if presentee_le == jour else max(instant(presentee_le, dossier.fuseau), document.cree_le),
        donnees={"cle": document.cle, "document": document.pk, "le": presentee_le, "reference": reference.strip()},
    )
    plis.presente(dossier, document.cle, presentee_le, acteur=acteur, maintenant=maintenant)
    with comme_portail():
        _prouver(dossier, document.cle, "presentation", presentee_le, maintenant)
    return Dossier.objects.get(pk=dossier.pk)


def derniere_lettre(dossier: Dossier) -> Document | None:
    """The last letter of the ARS, signed the day it was created; None where none was ever sent."""
    return Document.objects.filter(dossier=dossier, type=TYPE).order_by("cree_le").last()


def a_prouver(dossier: Dossier) -> list[Document]:
    """The letters whose presentation may be entered, the last one first: it, and those before that still wait for their proof."""
    lettres = list(Document.objects.filter(dossier=dossier, type=TYPE).order_by("-cree_le"))
    connues = {e.donnees["cle"] for e in dossier.evenements.filter(type="enregistrer_presentation")}
    attendues = plis.attendues(dossier)
    return [x for n, x in enumerate(lettres) if x.cle not in connues and (n == 0 or x.cle in attendues)]


def presentation(dossier: Dossier, cle: str) -> Any:
    """The event that recorded the LRAR of this letter, if one did."""
    return dossier.evenements.filter(type="enregistrer_presentation", donnees__cle=cle).first()


def _preuves(dossier: Dossier, objet: str, jour: date) -> set[str]:
    reglage = grille.parametres(dossier, objet, jour).preuve_notification
    return {reglage, plis.preuve_en_attente(dossier, objet, jour)}


def _prouver(dossier: Dossier, cle: str, preuve: str, jour: date, maintenant: datetime) -> None:
    preparation = preparations.en_cours(dossier)
    if preparation is not None and preparation.cle_document == cle:
        if preuve in _preuves(dossier, preparation.objet, jour):
            _mettre_en_vigueur(dossier, preparation, preuve, jour, maintenant)
        return
    reponses = Recours.objects.filter(dossier=dossier, mode="expresse", issue__in=Recours.REJETS)
    expresses = Decision.objects.filter(dossier=dossier, mode="expresse")
    decision = next((d for d in (*expresses, *reponses) if d.cle_document == cle), None)
    if decision is None or decision.date_notification is not None:
        return
    if preuve in _preuves(dossier, decision.objet, jour):
        decision.date_notification = jour
        decision.save(update_fields=("date_notification",))
        echeances.recalculer(dossier, maintenant=maintenant)


def _mettre_en_vigueur(
    dossier: Dossier, preparation: Preparation, preuve: str, jour: date, maintenant: datetime
) -> None:
    """The refusal takes effect, by who signed it, on the day of its proof."""
    objet, auteur = preparation.objet, _auteur(dossier, preparation)
    decision = decisions.inscrire_refus(
        dossier,
        objet,
        auteur,
        maintenant,
        jour,
        motifs=preparation.motifs,
        grille_figee=preparation.grille,
        signee_le=preparation.date_signature,
    )
    preparation.decision, preparation.close_le = decision, maintenant
    preparation.motif_cloture = f"Notifiée le {date_fr(jour)}."
    preparation.save(update_fields=("decision", "close_le", "motif_cloture"))
    cycle.appliquer(
        dossier,
        f"refuser_{objet}",
        acteur=auteur,
        maintenant=maintenant,
        legal_le=instant_legal(dossier, jour, maintenant),
        donnees={
            "decision": decision.pk,
            "motifs": preparation.motifs,
            "signee_le": preparation.date_signature,
            "preuve": preuve,
            "notifiee_le": jour,
        },
        effets=[
            courriel(
                dossier,
                "decision",
                f"decision:{decision.pk}:{dossier.caisse_id}",
                organisation=dossier.caisse_id,
                objet=objet,
                sens=decision.sens,
            )
        ],
    )


def _auteur(dossier: Dossier, preparation: Preparation) -> Acteur:
    """Who signed, as he signed: the proof is somebody else's, the decision is his."""
    personne = Utilisateur.objects.filter(pk=preparation.signee_par_id).first()
    return Acteur(
        utilisateur_id=preparation.signee_par_id,
        organisation_id=dossier.ars_id,
        type="ars",
        role=Role.ARS_SIGNATAIRE,
        perimetre_id=dossier.ars_id,
        region=dossier.region,
        nom=personne.nom_complet if personne else "",
        organisation_nom=dossier.ars.nom if dossier.ars else "",
    )

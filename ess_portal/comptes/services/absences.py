"""Being away: declared by oneself or by who manages the organisation, with a colleague who is written to meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from ..acteur import Acteur
from ..droits import peut_gerer
from ..locataire import comme_portail
from ..models import Absence, Organisation, Rattachement
from ..trace import consigner


def _ouvrir(organisation_id: int, utilisateur_id: int, acteur: Acteur) -> Organisation:
    """The organisation, locked: two declarations at once do not cross. Raises Interdit for who is neither the person nor a manager."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    soi = (acteur.utilisateur_id, acteur.organisation_id) == (utilisateur_id, organisation_id)
    if not soi and not peut_gerer(acteur, organisation):
        raise Interdit
    return organisation


@transaction.atomic
def declarer(
    *, rattachement_id: int, remplacant: int, debut: date, fin: date, acteur: Acteur, maintenant: datetime
) -> Absence:
    """From `debut` to `fin`, both included. Raises ErreurMetier with one sentence per field."""
    cible = Rattachement.objects.pour(acteur).filter(pk=rattachement_id, retire_le=None).first()
    if cible is None:
        raise Introuvable
    organisation = _ouvrir(cible.organisation_id, cible.utilisateur_id, acteur)
    if fin < debut:
        raise _refus("fin", "L’absence finit après avoir commencé.")
    if fin < jour_local(maintenant, organisation.fuseau):
        raise _refus("fin", "Cette absence est déjà passée.")
    collegues = Rattachement.objects.actifs().filter(organisation=organisation).exclude(utilisateur=cible.utilisateur)
    if not collegues.filter(utilisateur_id=remplacant).exists():
        raise _refus("remplacant", "Choisissez une autre personne de la même organisation.")
    with comme_portail():
        siennes = Absence.objects.filter(organisation=organisation, utilisateur=cible.utilisateur, annulee_le=None)
        if siennes.filter(debut__lte=fin, fin__gte=debut).exists():
            raise _refus("debut", "Une absence est déjà déclarée dans ces jours\u00a0: annulez-la d’abord.")
        absence = Absence.objects.create(
            utilisateur_id=cible.utilisateur_id,
            organisation=organisation,
            remplacant_id=remplacant,
            debut=debut,
            fin=fin,
            declaree_le=maintenant,
        )
    _consigner("absence_declaree", absence, organisation, acteur, maintenant)
    return absence


@transaction.atomic
def annuler(*, absence_id: int, acteur: Acteur, maintenant: datetime) -> Absence:
    with comme_portail():
        absence = Absence.objects.pour(acteur).filter(pk=absence_id).first()
    if absence is None:
        raise Introuvable
    organisation = _ouvrir(absence.organisation_id, absence.utilisateur_id, acteur)
    with comme_portail():
        if not Absence.objects.filter(pk=absence.pk, annulee_le=None).update(annulee_le=maintenant):
            raise Conflit("deja_annulee", "Cette absence a déjà été annulée.")
    _consigner("absence_annulee", absence, organisation, acteur, maintenant)
    return absence


def _consigner(type_: str, absence: Absence, organisation: Organisation, acteur: Acteur, maintenant: datetime) -> None:
    donnees = {
        "utilisateur": absence.utilisateur_id,
        "remplacant": absence.remplacant_id,
        "debut": absence.debut,
        "fin": absence.fin,
    }
    consigner(type=type_, acteur=acteur, maintenant=maintenant, organisation=organisation, donnees=donnees)


def _refus(champ: str, phrase: str) -> ErreurMetier:
    return ErreurMetier("absence", phrase, {champ: phrase})

"""Delegation of signature: given by who may sign, to a colleague by name, between two dates; judged on the day of the act."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from dossiers.regles.cycle import TRANSITIONS
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation, Rattachement
from ess_portal.comptes.roles import AGENTS
from ess_portal.comptes.trace import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from ..models import Delegation

DUREE_MAXIMUM = timedelta(days=366)


def peut_deleguer(acteur: Acteur) -> bool:
    """Signatories of an ARS or of a caisse; an équipe has no delegation here."""
    return acteur.role in AGENTS and TRANSITIONS["signer_amorcage"].permise(acteur.role)


@transaction.atomic
def deleguer(
    *, delegataire: int, debut: date, fin: date, reference: str, acteur: Acteur, maintenant: datetime
) -> Delegation:
    """Raises Interdit for who may not sign, ErreurMetier with one sentence per field."""
    if not peut_deleguer(acteur):
        raise Interdit("interdit", "Seul un signataire délègue sa signature.")
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=acteur.organisation_id)
    jour = jour_local(maintenant, organisation.fuseau)
    if fin < debut:
        raise _refus("fin", "La délégation finit après avoir commencé.")
    if fin < jour:
        raise _refus("fin", "Ces dates sont déjà passées.")
    if fin - debut > DUREE_MAXIMUM:
        raise _refus("fin", "Une délégation dure un an au plus\u00a0: renouvelez-la ensuite.")
    if not reference.strip():
        raise _refus("reference", "Citez l’acte de délégation, par exemple «\u00a0décision n° 2026-12\u00a0».")
    lien = collegues(acteur).filter(utilisateur_id=delegataire).first()
    if lien is None:
        raise _refus("delegataire", "Choisissez une personne de votre organisation qui ne signe pas déjà.")
    siennes = Delegation.objects.pour(acteur).filter(
        delegant_id=acteur.utilisateur_id, delegataire_id=delegataire, revoquee_le=None
    )
    if siennes.filter(debut__lte=fin, fin__gte=debut).exists():
        raise _refus("debut", "Cette personne a déjà votre délégation dans ces jours.")
    delegation = Delegation.objects.create(
        organisation=organisation,
        delegant_id=acteur.utilisateur_id,
        delegataire_id=delegataire,
        debut=debut,
        fin=fin,
        reference=reference.strip()[:120],
        donnee_le=maintenant,
    )
    _noter("delegation_donnee", delegation, organisation, acteur, maintenant)
    return delegation


@transaction.atomic
def revoquer(*, delegation: int, acteur: Acteur, maintenant: datetime) -> Delegation:
    """By any signatory of the organisation, at once; what was signed before stays."""
    ligne = Delegation.objects.pour(acteur).select_for_update(of=("self",)).filter(pk=delegation).first()
    if ligne is None:
        raise Introuvable
    if not peut_deleguer(acteur):
        raise Interdit("interdit", "Seul un signataire révoque une délégation.")
    if ligne.revoquee_le is not None:
        raise Conflit("deja_revoquee", "Cette délégation est déjà révoquée.")
    ligne.revoquee_le = maintenant
    ligne.save(update_fields=("revoquee_le",))
    _noter("delegation_revoquee", ligne, ligne.organisation, acteur, maintenant)
    return ligne


def collegues(acteur: Acteur):
    """The rattachements of those who may receive a delegation: active, of the organisation, without the power to sign themselves."""
    signataires = [r for r in AGENTS if TRANSITIONS["signer_amorcage"].permise(r)]
    siens = Rattachement.objects.actifs().filter(organisation_id=acteur.organisation_id)
    return siens.exclude(role__in=signataires).select_related("utilisateur").order_by("utilisateur__nom", "pk")


def recue(acteur: Acteur, jour: date, *, de: int | None = None) -> tuple[Delegation, str] | None:
    """The delegation this person holds on a day (`de`: from this signatory alone), and the role of who gave it, who must hold it still;
    None without one.
    """
    if acteur.role not in AGENTS or peut_deleguer(acteur):
        return None
    for delegation in (
        Delegation.objects.pour(acteur)
        .filter(delegataire_id=acteur.utilisateur_id)
        .du_jour(jour)
        .select_related("delegant")
    ):
        if de is not None and delegation.delegant_id != de:
            continue
        lien = (
            Rattachement.objects.actifs()
            .filter(organisation_id=acteur.organisation_id, utilisateur=delegation.delegant)
            .first()
        )
        if lien is not None and TRANSITIONS["signer_amorcage"].permise(lien.role):
            return delegation, lien.role
    return None


def _noter(
    type_: str, delegation: Delegation, organisation: Organisation, acteur: Acteur, maintenant: datetime
) -> None:
    consigner(
        type=type_,
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={
            "delegation": delegation.pk,
            "delegant": delegation.delegant_id,
            "delegataire": delegation.delegataire_id,
            "debut": delegation.debut,
            "fin": delegation.fin,
            "reference": delegation.reference,
        },
    )


def _refus(champ: str, phrase: str) -> ErreurMetier:
    return ErreurMetier("contenu", phrase, {champ: phrase})

"""Calendars made, their address shown once, revoked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.clefs import empreinte_calendrier, nouveau_secret_calendrier
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.trace import consigner
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..models import FluxCalendrier

MAXIMUM = 20
PORTEE = FluxCalendrier.Portee


def portees(acteur: Acteur) -> list[FluxCalendrier.Portee]:
    """What this person may follow; for the national administration the whole country would be no calendar."""
    return [PORTEE.DOSSIER] if acteur.role == Role.ADMIN_NATIONAL else list(PORTEE)


@transaction.atomic
def creer_flux(
    *, portee: str, numero: str, rattachement: Rattachement, acteur: Acteur, maintenant: datetime
) -> tuple[FluxCalendrier, str]:
    """The row and the secret of its address in clear, which is kept nowhere. A dossier one does not see does not exist."""
    if portee not in portees(acteur):
        raise ErreurMetier(
            "portee", "Ce calendrier n’est pas proposé à votre rôle.", {"portee": "Choisissez-en un autre."}
        )
    if portee == PORTEE.DOSSIER and not Dossier.objects.pour(acteur).filter(numero=numero).exists():
        raise ErreurMetier(
            "dossier_inconnu",
            "Ce dossier n’existe pas, ou vous n’y avez pas accès.",
            {"numero": "Ce dossier n’existe pas, ou vous n’y avez pas accès."},
        )
    if FluxCalendrier.objects.pour(acteur).filter(revoque_le=None).count() >= MAXIMUM:
        raise ErreurMetier(
            "trop_de_calendriers",
            f"Vous avez déjà {MAXIMUM} calendriers\u00a0: révoquez-en un avant d’en créer un autre.",
        )
    secret = nouveau_secret_calendrier()
    flux = FluxCalendrier.objects.create(
        utilisateur_id=acteur.utilisateur_id,
        rattachement=None if portee == PORTEE.PERSONNE else rattachement,
        portee=portee,
        numero=numero if portee == PORTEE.DOSSIER else "",
        empreinte=empreinte_calendrier(secret),
        cree_le=horloge.temps_reel(),
    )
    _consigner("calendrier_cree", flux, rattachement, acteur, maintenant)
    return flux, secret


@transaction.atomic
def revoquer_flux(*, flux_id: int, rattachement: Rattachement, acteur: Acteur, maintenant: datetime) -> FluxCalendrier:
    """One's own only; an unknown one and somebody else's are the same. Revoked twice is revoked."""
    flux = FluxCalendrier.objects.pour(acteur).select_for_update(of=("self",)).filter(pk=flux_id).first()
    if flux is None:
        raise Introuvable
    if flux.revoque_le is None:
        flux.revoque_le = horloge.temps_reel()
        flux.save(update_fields=("revoque_le",))
        _consigner("calendrier_revoque", flux, rattachement, acteur, maintenant)
    return flux


def _consigner(
    type: str, flux: FluxCalendrier, rattachement: Rattachement, acteur: Acteur, maintenant: datetime
) -> None:
    consigner(
        type=type,
        acteur=acteur,
        maintenant=maintenant,
        organisation=rattachement.organisation,
        donnees={"calendrier": flux.pk, "portee": flux.portee, "numero": flux.numero},
    )

"""Reads shaped for the account pages."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable

from .acteur import Acteur
from .models import Invitation, Jeton, Organisation, Rattachement


def organisation_vue(acteur: Acteur | None, organisation_id: int) -> Organisation:
    organisation = Organisation.objects.pour(acteur).filter(pk=organisation_id).first()
    if organisation is None:
        raise Introuvable
    return organisation


def rattachement_vu(acteur: Acteur | None, rattachement_id: int) -> Rattachement:
    ligne = (
        Rattachement.objects.pour(acteur)
        .filter(pk=rattachement_id, retire_le=None)
        .select_related("utilisateur", "organisation")
        .first()
    )
    if ligne is None:
        raise Introuvable
    return ligne


def personnes(organisation: Organisation) -> list[Rattachement]:
    return list(
        Rattachement.objects.actifs()
        .filter(organisation=organisation)
        .select_related("utilisateur")
        .order_by("utilisateur__nom", "pk")
    )


def invitations_en_attente(organisation: Organisation, maintenant: datetime) -> list[Invitation]:
    return list(
        Invitation.objects.filter(
            organisation=organisation, acceptee_le=None, annulee_le=None, expire_le__gt=maintenant
        )
    )


def organisations(acteur: Acteur, *, recherche: str = "", type: str = "") -> QuerySet[Organisation]:
    """Organisations of an administrator's area with their number of people; words look at people too."""
    lignes = Organisation.objects.pour(acteur)
    if type:
        lignes = lignes.filter(type=type)
    for mot in recherche.split():
        lignes = lignes.filter(
            Q(nom__icontains=mot)
            | Q(code__icontains=mot)
            | Q(
                pk__in=Rattachement.objects.actifs()
                .filter(
                    Q(utilisateur__nom__icontains=mot)
                    | Q(utilisateur__prenom__icontains=mot)
                    | Q(utilisateur__courriel__icontains=mot)
                )
                .values("organisation_id")
            )
        )
    actifs = Q(rattachements__retire_le__isnull=True, rattachements__utilisateur__is_active=True)
    return lignes.annotate(nombre_personnes=Count("rattachements", filter=actifs)).order_by("type", "nom", "pk")


def personnes_trouvees(acteur: Acteur, recherche: str, limite: int = 50) -> list[Rattachement]:
    """People of the administrator's area whose name or address holds every word."""
    lignes = Rattachement.objects.actifs().pour(acteur)
    for mot in recherche.split():
        lignes = lignes.filter(
            Q(utilisateur__nom__icontains=mot)
            | Q(utilisateur__prenom__icontains=mot)
            | Q(utilisateur__courriel__icontains=mot)
        )
    return list(lignes.select_related("utilisateur", "organisation").order_by("utilisateur__nom", "pk")[:limite])


def jetons_de(utilisateur_id: int) -> list[Jeton]:
    """One's own tokens that still serve."""
    return list(
        Jeton.objects.filter(
            rattachement__utilisateur_id=utilisateur_id,
            revoque_le=None,
            rattachement__retire_le=None,
            expire_le__gt=horloge.temps_reel(),
        ).select_related("rattachement__organisation")
    )

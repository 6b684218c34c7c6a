"""From a signed-in user to an actor: which organisation, which role, since when. Read again at each request, so that a
withdrawn rattachement bites at the next one."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest

from .acteur import Acteur
from .models import Organisation, Rattachement, Utilisateur
from .roles import Role

CLE_ORGANISATION = "organisation"


def rattachements_de(utilisateur: Utilisateur) -> list[Rattachement]:
    lignes = list(
        Rattachement.objects.actifs()
        .filter(utilisateur=utilisateur)
        .select_related("organisation")
        .order_by("organisation__nom")
    )
    for ligne in lignes:
        ligne.utilisateur = utilisateur
    return lignes


def acteur_de(rattachement: Rattachement) -> Acteur:
    """The actor of a rattachement; a regional administrator reads through the ARS of the region."""
    perimetre = None
    if rattachement.role == Role.ADMIN_REGIONAL:
        perimetre = (
            Organisation.objects.filter(type="ars", region=rattachement.organisation.region)
            .values_list("pk", flat=True)
            .first()
        )
    return rattachement.acteur(perimetre)


def choisir(rattachements: list[Rattachement], organisation_id: int | None) -> Rattachement | None:
    """The rattachement one acts with: the chosen organisation's, else the first."""
    choisi = [r for r in rattachements if r.organisation_id == organisation_id]
    return (choisi or rattachements or [None])[0]


def installer(request: HttpRequest) -> None:
    """Sets `request.rattachements` and `request.acteur` (None for anonymous and for who has no organisation).

    A session belongs to the organisation that it acts for, and ends when its access is withdrawn.
    """
    request.rattachements, request.acteur = [], None
    if not request.user.is_authenticated:
        return
    request.rattachements = rattachements_de(request.user)
    choisie = request.session.get(CLE_ORGANISATION)
    if choisie is not None and all(r.organisation_id != choisie for r in request.rattachements):
        logout(request)
        request.rattachements = []
        return
    rattachement = choisir(request.rattachements, choisie)
    if rattachement is not None:
        request.acteur = acteur_de(rattachement)
        if choisie is None:
            request.session[CLE_ORGANISATION] = rattachement.organisation_id

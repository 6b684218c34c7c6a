"""What each person is told in the portal: written by the relay beside the mail, once per effect; read, and silenced where one may."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Introuvable

from .models import Notification, Preference
from .regles.notifications import AU_CHOIX, Canal, Genre, canal_de


def deposer(
    *,
    personnes: Collection[int],
    organisation_id: int,
    cle: str,
    genre: Genre,
    titre: str,
    numero: str,
    maintenant: datetime,
) -> None:
    """One notice per person for this key, whatever is replayed. Run as the portal."""
    Notification.objects.bulk_create(
        [
            Notification(
                utilisateur_id=pk,
                organisation_id=organisation_id,
                cle=cle,
                genre=genre,
                titre=titre[:300],
                numero=numero,
                creee_le=maintenant,
            )
            for pk in personnes
        ],
        ignore_conflicts=True,
    )


def par_courriel(personnes: Collection[int], genre: Genre) -> set[int]:
    """Those of these people who want this kind by mail at once. Run as the portal."""
    if genre not in AU_CHOIX:
        return set(personnes)
    choix = dict(
        Preference.objects.filter(utilisateur_id__in=personnes, genre=genre).values_list("utilisateur_id", "canal")
    )
    return {pk for pk in personnes if canal_de(genre, {genre: choix.get(pk, Canal.COURRIEL)}) == Canal.COURRIEL}


def reportees(
    personnes: Collection[int], *, organisation_id: int, debut: datetime, fin: datetime
) -> dict[int, list[str]]:
    """Person → titles of the notices left to his weekly digest, received from `debut` until `fin`. Run as the portal."""
    choix = set(
        Preference.objects.filter(
            utilisateur_id__in=personnes, canal=Canal.RECAPITULATIF, genre__in=AU_CHOIX
        ).values_list("utilisateur_id", "genre")
    )
    titres: dict[int, list[str]] = {}
    if choix:
        lignes = Notification.objects.filter(
            utilisateur_id__in={pk for pk, _ in choix}, organisation_id=organisation_id, lue_le=None
        )
        lignes = lignes.filter(creee_le__gte=debut, creee_le__lt=fin).order_by("creee_le", "pk")
        for pk, genre, titre in lignes.values_list("utilisateur_id", "genre", "titre"):
            if (pk, genre) in choix:
                titres.setdefault(pk, []).append(titre)
    return titres


def preferences(acteur: Acteur) -> dict[str, str]:
    """Kind → channel, of the kinds that one may choose."""
    choisies = dict(Preference.objects.pour(acteur).values_list("genre", "canal"))
    return {genre: canal_de(genre, choisies) for genre in AU_CHOIX}


@transaction.atomic
def choisir(*, choix: Mapping[str, str], acteur: Acteur) -> None:
    """Keeps the channel of each kind that may be chosen; a key that is none of them is not kept."""
    for genre in AU_CHOIX:
        if genre in choix:
            Preference.objects.update_or_create(
                utilisateur_id=acteur.utilisateur_id, genre=genre, defaults={"canal": Canal(choix[genre])}
            )


def marquer_lue(*, notification_id: int, acteur: Acteur, maintenant: datetime) -> Notification:
    """Raises Introuvable for somebody else's; read twice stays read since the first time."""
    siennes = Notification.objects.pour(acteur).filter(pk=notification_id)
    notification = siennes.first()
    if notification is None:
        raise Introuvable
    siennes.filter(lue_le=None).update(lue_le=maintenant)
    return notification


def marquer_toutes_lues(*, acteur: Acteur, maintenant: datetime) -> int:
    return Notification.objects.pour(acteur).filter(lue_le=None).update(lue_le=maintenant)

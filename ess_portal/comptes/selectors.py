"""Reads shaped for the account pages."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.horloge import jour_local

from .acteur import Acteur
from .locataire import comme_portail
from .models import Absence, Invitation, Jeton, Organisation, Rattachement


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


def collegues(rattachement: Rattachement) -> list[tuple[int, str]]:
    """(id, name) of the other people of the organisation."""
    autres = [r for r in personnes(rattachement.organisation) if r.utilisateur_id != rattachement.utilisateur_id]
    return [(r.utilisateur_id, r.utilisateur.nom_complet) for r in autres]


def absences_a_venir(rattachement: Rattachement, maintenant: datetime) -> list[Absence]:
    """Declared absences of a person in an organisation that are not over, read for who may manage them."""
    jour = jour_local(maintenant, rattachement.organisation.fuseau)
    lignes = Absence.objects.filter(
        utilisateur_id=rattachement.utilisateur_id,
        organisation=rattachement.organisation,
        annulee_le=None,
        fin__gte=jour,
    )
    with comme_portail():
        return list(lignes.select_related("remplacant"))


def absences_du_jour(organisations: dict[int, date]) -> dict[int, dict[int, int]]:
    """Organisation → who is away on its day (`organisations`: id → day) → his substitute. Run as the portal."""
    du_jour: dict[int, dict[int, int]] = {o: {} for o in organisations}
    lues = Absence.objects.filter(
        organisation_id__in=organisations,
        annulee_le=None,
        debut__lte=max(organisations.values()),
        fin__gte=min(organisations.values()),
    )
    for o, absent, remplacant, debut, fin in lues.values_list(
        "organisation_id", "utilisateur_id", "remplacant_id", "debut", "fin"
    ):
        if debut <= organisations[o] <= fin:
            du_jour[o][absent] = remplacant
    return du_jour

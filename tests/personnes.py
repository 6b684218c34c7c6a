"""People and organisations for the tests: real accounts, each with one rattachement."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.test import Client
from stdnum import luhn

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.comptes.services.jetons import creer_jeton
from ess_portal.comptes.session import acteur_de
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import ars_competente, caisses_possibles

INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOT_DE_PASSE = "une phrase assez longue pour les essais"
rangs = count(1)

TYPE_DU_ROLE = {
    Role.PORTEUR_REFERENT: TypeOrganisation.EQUIPE, Role.PORTEUR_COLLABORATEUR: TypeOrganisation.EQUIPE,
    Role.ARS_INSTRUCTEUR: TypeOrganisation.ARS, Role.ARS_SIGNATAIRE: TypeOrganisation.ARS,
    Role.CAISSE_INSTRUCTEUR: TypeOrganisation.CAISSE, Role.CAISSE_ORDONNATEUR: TypeOrganisation.CAISSE,
    Role.ADMIN_REGIONAL: TypeOrganisation.ADMINISTRATION, Role.ADMIN_NATIONAL: TypeOrganisation.ADMINISTRATION,
}  # fmt: skip


def numero_rpps(rang: int) -> str:
    """A valid RPPS number, by rank."""
    base = f"{1010000000 + rang}"
    return base + luhn.calc_check_digit(base)


def make_organisation(type: str = TypeOrganisation.EQUIPE, *, departement: str = "31", **champs: Any) -> Organisation:
    """A new équipe; the ARS, the caisse or the administration that is already there for a département."""
    if type == TypeOrganisation.ARS:
        return ars_competente(departement)
    if type == TypeOrganisation.CAISSE:
        return caisses_possibles(departement)[0]
    if type == TypeOrganisation.ADMINISTRATION:
        region = Departement.objects.get(code=departement).region_id
        return Organisation.objects.get(code=champs.get("code", f"administration-{region}"))
    rang = next(rangs)
    defauts = {"code": f"equipe-{rang}", "nom": f"ESS Essai {rang}", "courriel": f"equipe{rang}@exemple.fr"}
    return Organisation.objects.create(type=type, creee_le=INSTANT, **(defauts | champs))


def make_utilisateur(
    role: Role | str = Role.PORTEUR_REFERENT,
    organisation: Organisation | None = None,
    *,
    departement: str = "31",
    **champs: Any,
) -> Utilisateur:
    """A person with one rattachement; without organisation, the one that this role has in the département."""
    role = Role(role)
    if organisation is None:
        nationale = {"code": "administration-nationale"} if role == Role.ADMIN_NATIONAL else {}
        organisation = make_organisation(TYPE_DU_ROLE[role], departement=departement, **nationale)
    rang = next(rangs)
    defauts = {"courriel": f"personne{rang}@exemple.fr", "nom": f"Essai{rang}", "prenom": "Camille"}
    utilisateur = Utilisateur.objects.create_user(mot_de_passe=MOT_DE_PASSE, cree_le=INSTANT, **(defauts | champs))
    Rattachement.objects.create(utilisateur=utilisateur, organisation=organisation, role=role, cree_le=INSTANT)
    return utilisateur


def rattachement_de(utilisateur: Utilisateur) -> Rattachement:
    return Rattachement.objects.select_related("organisation", "utilisateur").get(
        utilisateur=utilisateur, retire_le__isnull=True
    )


def make_acteur(
    role: Role | str = Role.PORTEUR_REFERENT, organisation: Organisation | None = None, **champs: Any
) -> Acteur:
    return acteur_de(rattachement_de(make_utilisateur(role, organisation, **champs)))


def client_de(utilisateur: Utilisateur) -> Client:
    """A browser where this person is signed in."""
    client = Client()
    client.force_login(utilisateur, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def jeton_de(utilisateur: Utilisateur) -> str:
    """An API token in clear."""
    with comme_portail():
        return creer_jeton(rattachement=rattachement_de(utilisateur), maintenant=INSTANT)[1]

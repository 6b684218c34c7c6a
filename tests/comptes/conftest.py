"""People in organisations, and their sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.comptes.session import acteur_de

INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOT_DE_PASSE = "une phrase assez longue pour les essais"


def rattacher(code: str, role: Role, courriel: str) -> Rattachement:
    """A person of an organisation; an unknown code opens an équipe."""
    organisation, _ = Organisation.objects.get_or_create(
        code=code, defaults={"type": TypeOrganisation.EQUIPE, "nom": f"Équipe {code}"}
    )
    utilisateur = Utilisateur.objects.filter(courriel=courriel).first() or Utilisateur.objects.create_user(
        courriel, MOT_DE_PASSE, nom=courriel.partition("@")[0].title()
    )
    return Rattachement.objects.create(utilisateur=utilisateur, organisation=organisation, role=role, cree_le=INSTANT)


def acteur(code: str, role: Role, courriel: str) -> Acteur:
    return acteur_de(rattacher(code, role, courriel))


@pytest.fixture
def connecte() -> Callable[[Rattachement], Client]:
    def connecter(rattachement: Rattachement) -> Client:
        client = Client()
        client.force_login(rattachement.utilisateur, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return connecter


@pytest.fixture
def referent(db) -> Rattachement:
    return rattacher("equipe-essai", Role.PORTEUR_REFERENT, "referent@essai.test")


@pytest.fixture
def collaborateur(referent) -> Rattachement:
    return rattacher("equipe-essai", Role.PORTEUR_COLLABORATEUR, "collaborateur@essai.test")


@pytest.fixture
def regional(db) -> Rattachement:
    return rattacher("administration-76", Role.ADMIN_REGIONAL, "regional@essai.test")


@pytest.fixture
def national(db) -> Rattachement:
    return rattacher("administration-nationale", Role.ADMIN_NATIONAL, "national@essai.test")

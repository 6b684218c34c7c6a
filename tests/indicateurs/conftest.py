"""Dossiers taken over at any step, their échéances, and people to read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from dossiers.models import Dossier, Echeance
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.comptes.session import acteur_de
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle.horloge import fin_de_journee

MAINTENANT = datetime(2026, 4, 28, 6, 0, tzinfo=UTC)
JOUR = date(2026, 4, 28)
rangs = count(1)


def personne(organisation: Organisation, role: str) -> tuple[Utilisateur, Acteur]:
    utilisateur = Utilisateur.objects.create(courriel=f"p{next(rangs)}@exemple.fr", nom="Marty", prenom="Julien")
    lien = Rattachement.objects.create(
        utilisateur=utilisateur, organisation=organisation, role=role, cree_le=MAINTENANT
    )
    return utilisateur, acteur_de(lien)


@pytest.fixture
def ars(db) -> Organisation:
    return Organisation.objects.get(type="ars", region="76")


@pytest.fixture
def autre_ars(db) -> Organisation:
    return Organisation.objects.get(type="ars", region="53")


@pytest.fixture
def caisse(db) -> Organisation:
    return Organisation.objects.filter(type="caisse", departement="31").first()


@pytest.fixture
def equipe(db) -> Organisation:
    return Organisation.objects.create(type="equipe", code="equipe-pilotage", nom="ESS Cardiologie", region="76")


@pytest.fixture
def porteur(equipe) -> tuple[Utilisateur, Acteur]:
    return personne(equipe, Role.PORTEUR_REFERENT)


@pytest.fixture
def instructeur(ars) -> tuple[Utilisateur, Acteur]:
    return personne(ars, Role.ARS_INSTRUCTEUR)


@pytest.fixture
def administrateur(db) -> tuple[Utilisateur, Acteur]:
    administration, _ = Organisation.objects.get_or_create(
        type="administration",
        code="administration-76-essai",
        defaults={"nom": "Occitanie, administration", "region": "76"},
    )
    return personne(administration, Role.ADMIN_REGIONAL)


@pytest.fixture
def national(db) -> tuple[Utilisateur, Acteur]:
    administration, _ = Organisation.objects.get_or_create(
        type="administration", code="administration-nationale-essai", defaults={"nom": "Administration nationale"}
    )
    return personne(administration, Role.ADMIN_NATIONAL)


@pytest.fixture
def reprendre(equipe, ars, caisse) -> Callable[..., Dossier]:
    """A dossier at a step, as if it came from elsewhere."""

    def faire(statut: str = "lettre_deposee", **champs) -> Dossier:
        rang = next(rangs)
        defauts = {
            "numero": f"76-2026-{rang:04d}",
            "nom": f"ESS {rang}",
            "equipe": equipe,
            "ars": ars,
            "caisse": caisse,
            "statut": statut,
            "origine": "reprise",
            "statut_depuis": MAINTENANT,
            "cree_le": MAINTENANT,
            "depose_le": MAINTENANT,
            "specialites": ["SM04"],
            "groupes": ["cardiologie"],
            "departements": ["31", "32"],
            "siege_departement": "31",
            "region": "76",
            "fuseau": "Europe/Paris",
            "jeu_national": JeuParametres.objects.filter(region__isnull=True).first(),
        }
        with comme_portail():
            return Dossier.objects.create(**(defauts | champs))

    return faire


@pytest.fixture
def echeance() -> Callable[..., Echeance]:
    """An échéance `jours` after today (negative: passed)."""

    def faire(dossier: Dossier, regle: str, jours: int, objet: str = "lettre", **champs) -> Echeance:
        dernier = JOUR + timedelta(days=jours)
        defauts = {
            "qui": {"AVI": "caisse", "DL-7": "caisse", "DL-1": "ars", "DL-3": "ars"}.get(regle, "equipe"),
            "dernier_jour": dernier,
            "acquise_le": dernier + timedelta(days=1),
            "instant": fin_de_journee(dernier, "Europe/Paris"),
            "statut": "ouverte",
        }
        with comme_portail():
            return Echeance.objects.create(
                dossier=dossier, regle=regle, objet=objet, **Echeance.colonnes(dossier), **(defauts | champs)
            )

    return faire

"""A small cast for the adhésions: two équipes of cardiology that know nothing of each other, and their drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from stdnum import luhn

from adhesions.models import Adhesion
from adhesions.services import ajouter_adherent
from dossiers.models import Dossier
from dossiers.services.creation import creer_dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role

MIDI = datetime(2026, 7, 6, 10, 0, tzinfo=UTC)


def rpps(rang: int) -> str:
    """A valid RPPS number: ten digits and their Luhn key."""
    base = f"{1010000000 + rang}"
    return base + luhn.calc_check_digit(base)


def porteur_de(nom: str) -> Acteur:
    equipe = Organisation.objects.create(
        type="equipe", code=f"equipe-{nom}", nom=f"ESS {nom}", region="76", courriel=f"{nom}@exemple.fr"
    )
    personne = Utilisateur.objects.create(courriel=f"porteur@{nom}.fr", nom=nom.title(), prenom="Hélène", titre="Dr")
    lien = Rattachement.objects.create(
        utilisateur=personne, organisation=equipe, role=Role.PORTEUR_REFERENT, cree_le=MIDI
    )
    return lien.acteur()


def dossier_de(acteur: Acteur, departements: list[str] | None = None) -> Dossier:
    with contexte(acteur):
        dossier = creer_dossier(
            nom=f"Cardiologie {acteur.organisation_nom}",
            specialites=["SM04"],
            siege_departement="31",
            acteur=acteur,
            maintenant=MIDI,
        )
        if departements:
            dossier.departements = departements
            dossier.save()
    return dossier


@pytest.fixture
def porteur(db) -> Acteur:
    return porteur_de("gascogne")


@pytest.fixture
def voisin(db) -> Acteur:
    return porteur_de("bigorre")


@pytest.fixture
def dossier(porteur: Acteur) -> Dossier:
    return dossier_de(porteur, ["31", "32", "81"])


@pytest.fixture
def dossier_voisin(voisin: Acteur) -> Dossier:
    return dossier_de(voisin, ["65"])


@pytest.fixture
def en_equipe(porteur: Acteur) -> Iterator[Acteur]:
    """The test's rows are those of the first équipe."""
    with contexte(porteur):
        yield porteur


@pytest.fixture
def inviter(dossier: Dossier, porteur: Acteur) -> Callable[..., Adhesion]:
    """Invites a professional, by rank; what is given replaces the defaults."""
    rangs = count(1)

    def faire(**champs) -> Adhesion:
        rang = next(rangs)
        defauts = {
            "numero": dossier.numero,
            "acteur": porteur,
            "maintenant": MIDI,
            "rpps": rpps(rang),
            "nom": f"Roques{rang}",
            "prenom": "Camille",
            "specialite": "SM04",
            "mode": "liberal",
            "courriel": f"camille{rang}@exemple.fr",
        }
        qui = champs.get("acteur", porteur)
        with contexte(qui):
            return ajouter_adherent(**(defauts | champs))

    return faire


@pytest.fixture
def au_portail() -> Iterator[None]:
    with comme_portail():
        yield

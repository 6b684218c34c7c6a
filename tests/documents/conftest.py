"""A dossier of Occitanie, its people, and a stranger from Bretagne."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.documents.services import deposer_piece

MAINTENANT = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    dossier: Dossier
    porteur: Acteur
    ars: Acteur
    etranger: Acteur


def _organisation(type_: str, code: str, region: str) -> Organisation:
    return Organisation.objects.create(type=type_, code=f"essai-{code}", nom=code.upper(), region=region)


def _acteur(organisation: Organisation, role: Role, nom: str) -> Acteur:
    utilisateur = Utilisateur.objects.create_user(f"{nom}@exemple.fr", "un mot de passe d'essai", nom=nom)
    rattachement = Rattachement.objects.create(
        utilisateur=utilisateur, organisation=organisation, role=role, cree_le=MAINTENANT
    )
    return rattachement.acteur()


@pytest.fixture
def scene(db) -> Scene:
    with comme_portail():
        equipe, autre = _organisation("equipe", "souffle", "76"), _organisation("equipe", "ailleurs", "53")
        ars, caisse = _organisation("ars", "ars", "76"), _organisation("caisse", "cpam", "76")
        dossier = Dossier.objects.create(
            numero="76-2026-9001",
            nom="ESS Pneumologie",
            equipe=equipe,
            ars=ars,
            caisse=caisse,
            statut_depuis=MAINTENANT,
            cree_le=MAINTENANT,
            siege_departement="12",
            region="76",
            fuseau="Europe/Paris",
        )
        return Scene(
            dossier=dossier,
            porteur=_acteur(equipe, Role.PORTEUR_REFERENT, "porteur"),
            ars=_acteur(ars, Role.ARS_INSTRUCTEUR, "instructeur"),
            etranger=_acteur(autre, Role.PORTEUR_REFERENT, "etranger"),
        )


@pytest.fixture
def deposer(scene):
    """Deposits a file as the porteur."""

    def faire(contenu: bytes, nom: str = "statuts.pdf", **options):
        with comme_portail():
            return deposer_piece(
                dossier=scene.dossier,
                fichier=SimpleUploadedFile(nom, contenu, content_type="text/html"),
                type="statuts",
                libelle="Statuts",
                acteur=scene.porteur,
                maintenant=MAINTENANT,
                objet="association",
                **options,
            )

    return faire

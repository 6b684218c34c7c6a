"""The sandbox's accounts, as data. They are made through the same rows as real ones, and refused elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from ess_portal.socle import horloge

from .models import Organisation, Rattachement, Utilisateur
from .roles import AGENTS, Role, TypeOrganisation

MOT_DE_PASSE = "bac-a-sable-portail-ess"  # printed at start, in the sandbox only
SECRET_TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  printed likewise


@dataclass(frozen=True)
class Compte:
    """One account: `organisation` is a code of the reference data, or of an équipe of EQUIPES."""

    courriel: str
    titre: str
    prenom: str
    nom: str
    fonction: str
    organisation: str
    role: Role


EQUIPES = {
    "demo-occitanie": "ESS Cardiologie Garonne",
    "demo-bretagne": "ESS Dermatologie Armor",
}
COMPTES = (
    Compte(
        "porteur@occitanie.demo", "Dr", "Claire", "Castelnau", "Cardiologue", "demo-occitanie", Role.PORTEUR_REFERENT
    ),
    Compte(
        "instructeur@ars-occitanie.demo", "", "Hugo", "Lacaze", "Chargé d’instruction", "ars-76", Role.ARS_INSTRUCTEUR
    ),
    Compte(
        "signataire@ars-occitanie.demo",
        "",
        "Nadia",
        "Bensalem",
        "Directrice du premier recours",
        "ars-76",
        Role.ARS_SIGNATAIRE,
    ),
    Compte(
        "instructeur@cpam-31.demo",
        "",
        "Lise",
        "Ferrand",
        "Chargée de conventionnement",
        "cpam-de-la-haute-garonne",
        Role.CAISSE_INSTRUCTEUR,
    ),
    Compte(
        "ordonnateur@cpam-31.demo",
        "",
        "Marc",
        "Delmas",
        "Directeur comptable",
        "cpam-de-la-haute-garonne",
        Role.CAISSE_ORDONNATEUR,
    ),
    Compte(
        "admin@occitanie.demo",
        "",
        "Inès",
        "Rouquette",
        "Administratrice régionale",
        "administration-76",
        Role.ADMIN_REGIONAL,
    ),
    Compte(
        "national@demo",
        "",
        "Paul",
        "Marchand",
        "Administrateur national",
        "administration-nationale",
        Role.ADMIN_NATIONAL,
    ),
    Compte("porteur@bretagne.demo", "Dr", "Yann", "Le Goff", "Dermatologue", "demo-bretagne", Role.PORTEUR_REFERENT),
    Compte(
        "instructeur@ars-bretagne.demo", "", "Maëlle", "Tanguy", "Chargée d’instruction", "ars-53", Role.ARS_INSTRUCTEUR
    ),
    Compte(
        "instructeur@cpam-35.demo",
        "",
        "Erwan",
        "Prigent",
        "Chargé de conventionnement",
        "cpam-d-ille-et-vilaine",
        Role.CAISSE_INSTRUCTEUR,
    ),
)


@transaction.atomic
def creer_comptes() -> list[Rattachement]:
    """Makes the accounts that are not there yet. Raises PermissionError outside the sandbox."""
    if not settings.BAC_A_SABLE:
        raise PermissionError("Les comptes de démonstration n’existent que dans le bac à sable.")
    maintenant = horloge.maintenant()
    chiffre = make_password(MOT_DE_PASSE)
    for code, nom in EQUIPES.items():
        Organisation.objects.get_or_create(
            code=code, defaults={"type": TypeOrganisation.EQUIPE, "nom": nom, "creee_le": maintenant}
        )
    return [_creer(compte, maintenant, chiffre) for compte in COMPTES]


def _creer(compte: Compte, maintenant: datetime, chiffre: str) -> Rattachement:
    utilisateur = Utilisateur.objects.filter(courriel=compte.courriel).first()
    if utilisateur is None:
        # One password for all, hashed once: the hash is what takes time at the first start.
        utilisateur = Utilisateur.objects.create(
            courriel=compte.courriel,
            password=chiffre,
            nom=compte.nom,
            prenom=compte.prenom,
            titre=compte.titre,
            fonction=compte.fonction,
            cree_le=maintenant,
        )
    EmailAddress.objects.get_or_create(
        user=utilisateur, email=utilisateur.courriel, defaults={"verified": True, "primary": True}
    )
    if (
        compte.role in AGENTS
        and not Authenticator.objects.filter(user=utilisateur, type=Authenticator.Type.TOTP).exists()
    ):
        TOTP.activate(utilisateur, SECRET_TOTP)
    rattachement, _ = Rattachement.objects.get_or_create(
        utilisateur=utilisateur,
        organisation=Organisation.objects.get(code=compte.organisation),
        retire_le=None,
        defaults={"role": compte.role, "cree_le": maintenant},
    )
    return rattachement

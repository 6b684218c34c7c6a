"""A porteur opens a space: account, équipe and référent at once; the address is confirmed before the first login."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse

from ess_portal.comptes.models import Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role, TypeOrganisation

from .conftest import MOT_DE_PASSE

SAISIE = {
    "email": "Nouvelle@Essai.test",
    "password1": MOT_DE_PASSE,
    "password2": MOT_DE_PASSE,
    "titre": "Dr",
    "prenom": "Camille",
    "nom": "Roux",
    "equipe": "ESS Rhumatologie du Gers",
    "rpps": "8 10100000016",
}


@pytest.mark.django_db
def test_inscription_confirmation_connexion(client):
    assert client.get(reverse("account_signup")).status_code == 200
    reponse = client.post(reverse("account_signup"), SAISIE)
    assert reponse.status_code == 302
    utilisateur = Utilisateur.objects.get(courriel="nouvelle@essai.test")
    assert (utilisateur.nom_complet, utilisateur.rpps) == ("Dr Camille Roux", "10100000016")
    acces = utilisateur.rattachements.get()
    assert (acces.role, acces.organisation.type) == (Role.PORTEUR_REFERENT, TypeOrganisation.EQUIPE)
    assert acces.organisation.nom == "ESS Rhumatologie du Gers"
    assert "_auth_user_id" not in client.session
    identifiants = {"login": "nouvelle@essai.test", "password": MOT_DE_PASSE}
    assert client.post(reverse("account_login"), identifiants).url == reverse("account_email_verification_sent")
    lien = re.search(r"http\S+", mail.outbox[0].body)[0]
    chemin = re.sub(r"^https?://[^/]+", "", lien)
    assert client.get(chemin).status_code == 200
    client.post(chemin)
    assert client.post(reverse("account_login"), identifiants).status_code == 302
    assert client.get(reverse("organisation")).status_code == 200


@pytest.mark.django_db
def test_une_adresse_connue_donne_la_meme_reponse(client, referent):
    """B20: nothing on the page tells that the account exists; its owner learns it by mail."""
    reponse = client.post(reverse("account_signup"), SAISIE | {"email": referent.utilisateur.courriel})
    nouvelle = client.post(reverse("account_signup"), SAISIE)
    assert (reponse.status_code, reponse.url) == (nouvelle.status_code, nouvelle.url)
    assert not Organisation.objects.filter(nom=SAISIE["equipe"]).count() > 1
    assert Rattachement.objects.filter(utilisateur=referent.utilisateur).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("champ", "valeur"), [("rpps", "10100000017"), ("rpps", "123"), ("equipe", ""), ("nom", ""), ("password1", "court")]
)
def test_saisie_refusee(client, champ, valeur):
    assert client.post(reverse("account_signup"), SAISIE | {champ: valeur}).status_code == 200
    assert not Utilisateur.objects.exists()

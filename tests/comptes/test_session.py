"""Sessions: login by mail, switcher, idle and absolute ends, second factor of agents."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client
from django.urls import reverse

from ess_portal.comptes.demonstration import COMPTES, creer_comptes
from ess_portal.comptes.demonstration import MOT_DE_PASSE as PHRASE_DEMO
from ess_portal.comptes.models import Organisation, Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.socle import horloge

from .conftest import MOT_DE_PASSE, rattacher


def se_connecter(client: Client, rattachement: Rattachement, mot_de_passe: str = MOT_DE_PASSE):
    EmailAddress.objects.get_or_create(
        user=rattachement.utilisateur,
        email=rattachement.utilisateur.courriel,
        defaults={"verified": True, "primary": True},
    )
    return client.post(
        reverse("account_login"), {"login": rattachement.utilisateur.courriel.upper(), "password": mot_de_passe}
    )


@pytest.mark.django_db
def test_connexion_par_courriel(client, referent):
    assert se_connecter(client, referent, "autre chose que le mot de passe").status_code == 200
    client.get(reverse("account_login"))
    avant = client.session.session_key
    assert se_connecter(client, referent).status_code == 302
    assert client.session.session_key != avant
    page = client.get(reverse("organisation"))
    assert page.status_code == 200
    assert referent.organisation.nom in page.content.decode()


@pytest.mark.django_db
def test_anonyme_renvoye_a_la_connexion(client):
    reponse = client.get(reverse("organisation"))
    assert reponse.status_code == 302
    assert reponse.url == f"{reverse('account_login')}?next=%2Forganisation%2F"


@pytest.mark.django_db
def test_bascule_d_organisation(referent, connecte):
    autre = rattacher("ars-76", Role.ARS_INSTRUCTEUR, referent.utilisateur.courriel)
    session = connecte(referent)
    session.get(reverse("organisation"))
    avant = session.session.session_key
    assert session.post(reverse("changer_organisation"), {"rattachement": autre.pk}).status_code == 302
    assert session.session.session_key != avant
    assert autre.organisation.nom in session.get(reverse("organisation")).content.decode()
    etranger = rattacher("ars-53", Role.ARS_INSTRUCTEUR, "autre@essai.test")
    for cle in (etranger.pk, 0, "x", ""):
        assert session.post(reverse("changer_organisation"), {"rattachement": cle}).status_code == 404
    assert session.get(reverse("changer_organisation")).status_code == 405


@pytest.mark.django_db
def test_sans_organisation(referent, connecte):
    session = connecte(referent)
    Rattachement.objects.update(retire_le=referent.cree_le)
    assert session.get(reverse("organisation")).status_code == 403
    assert session.get(reverse("compte")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "role", "passe", "ouverte"),
    [
        ("ars-76", Role.ARS_INSTRUCTEUR, timedelta(minutes=29), True),
        ("ars-76", Role.ARS_INSTRUCTEUR, timedelta(minutes=31), False),
        ("equipe-essai", Role.PORTEUR_REFERENT, timedelta(hours=3, minutes=59), True),
        ("equipe-essai", Role.PORTEUR_REFERENT, timedelta(hours=4, minutes=1), False),
    ],
)
def test_inactivite(monkeypatch, connecte, code, role, passe, ouverte):
    """B12, on the machine's time: the sandbox's clock ends no session."""
    session = connecte(rattacher(code, role, "quelquun@essai.test"))
    assert session.get(reverse("organisation")).status_code == 200
    plus_tard = horloge.temps_reel() + passe
    monkeypatch.setattr(horloge, "temps_reel", lambda: plus_tard)
    assert (session.get(reverse("organisation")).status_code == 200) is ouverte
    assert ("_auth_user_id" in session.session) is ouverte


@pytest.mark.django_db
def test_douze_heures_au_plus(monkeypatch, referent, connecte):
    session = connecte(referent)
    depart = horloge.temps_reel()
    for heures in range(13):
        monkeypatch.setattr(
            horloge, "temps_reel", lambda heures=heures: depart + timedelta(hours=heures, minutes=heures)
        )
        reponse = session.get(reverse("organisation"))
        assert reponse.status_code == (200 if heures < 12 else 302), heures


@pytest.mark.django_db
def test_un_agent_sans_second_facteur_ne_voit_rien(settings, connecte):
    """B11: outside the sandbox an agent may only activate his application."""
    settings.BAC_A_SABLE = False
    agent = rattacher("ars-76", Role.ARS_SIGNATAIRE, "agent@essai.test")
    session = connecte(agent)
    activer = reverse("mfa_activate_totp")
    for adresse in ("/", reverse("organisation"), reverse("jeton_nouveau")):
        assert session.get(adresse).url == activer, adresse
    assert session.get(reverse("mfa_index")).status_code == 200
    TOTP.activate(agent.utilisateur, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert session.get(reverse("organisation")).status_code == 200


@pytest.mark.django_db
def test_le_second_facteur_est_demande_a_la_connexion_hors_bac_a_sable(settings, client):
    agent = rattacher("ars-76", Role.ARS_SIGNATAIRE, "agent@essai.test")
    TOTP.activate(agent.utilisateur, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert se_connecter(client, agent).url == "/"
    settings.BAC_A_SABLE = False
    autre = Client()
    assert se_connecter(autre, agent).url == reverse("mfa_authenticate")
    assert autre.get(reverse("organisation")).status_code == 302


@pytest.mark.django_db
def test_une_organisation_d_ailleurs_est_introuvable(regional, referent, connecte):
    ailleurs = Organisation.objects.get(code="ars-53")
    for qui in (regional, referent):
        session = connecte(qui)
        absent = session.get(reverse("organisation_fiche", args=[99_999_999]))
        etranger = session.get(reverse("organisation_fiche", args=[ailleurs.pk]))
        assert (absent.status_code, etranger.status_code) == (404, 404)
        assert session.get(reverse("organisation_inviter", args=[ailleurs.pk])).status_code == 404
    assert (
        connecte(regional)
        .get(reverse("organisation_fiche", args=[Organisation.objects.get(code="ars-76").pk]))
        .status_code
        == 200
    )


@pytest.mark.django_db
def test_reinitialisation_sur_l_adresse_du_portail(settings, client, referent):
    """B16, B27: the link stands on the portal's own address, serves once, and says nothing of unknown accounts."""
    settings.ADRESSE_PUBLIQUE = "https://portail.exemple"
    EmailAddress.objects.create(
        user=referent.utilisateur, email=referent.utilisateur.courriel, verified=True, primary=True
    )
    adresse = reverse("account_reset_password")
    reponses = [client.post(adresse, {"email": e}) for e in (referent.utilisateur.courriel, "inconnu@essai.test")]
    assert {(r.status_code, r.url) for r in reponses} == {(302, reverse("account_reset_password_done"))}
    assert len(mail.outbox) == 1
    lien = re.search(r"https://portail\.exemple(/\S+)", mail.outbox[0].body)[1]
    page = client.get(lien, follow=True)
    nouveau = "une tout autre phrase de passe"
    suite = page.redirect_chain[-1][0]
    assert client.post(suite, {"password1": nouveau, "password2": nouveau}).status_code == 302
    referent.utilisateur.refresh_from_db()
    assert referent.utilisateur.check_password(nouveau)
    assert "plus valable" in Client().get(lien, follow=True).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("compte", COMPTES, ids=lambda c: c.courriel)
def test_chaque_compte_de_demonstration_se_connecte(client, compte):
    creer_comptes()
    reponse = client.post(reverse("account_login"), {"login": compte.courriel, "password": PHRASE_DEMO})
    assert reponse.status_code == 302
    assert reponse.url == "/"

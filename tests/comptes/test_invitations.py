"""An invitation: who may send it, the link that serves once, the account it opens."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.urls import reverse

from ess_portal.comptes.clefs import secret_invitation
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Invitation, Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.comptes.services import invitations
from ess_portal.comptes.session import acteur_de
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable

from .conftest import INSTANT, MOT_DE_PASSE, acteur, rattacher

DROITS = [
    # code and role of the actor, code of the organisation, role given, outcome
    ("equipe-essai", Role.PORTEUR_REFERENT, "equipe-essai", Role.PORTEUR_COLLABORATEUR, None),
    ("equipe-essai", Role.PORTEUR_COLLABORATEUR, "equipe-essai", Role.PORTEUR_COLLABORATEUR, Interdit),
    ("equipe-essai", Role.PORTEUR_REFERENT, "equipe-autre", Role.PORTEUR_COLLABORATEUR, Introuvable),
    ("equipe-essai", Role.PORTEUR_REFERENT, "equipe-essai", Role.ARS_SIGNATAIRE, ErreurMetier),
    ("ars-76", Role.ARS_SIGNATAIRE, "ars-76", Role.ARS_INSTRUCTEUR, None),
    ("ars-76", Role.ARS_INSTRUCTEUR, "ars-76", Role.ARS_INSTRUCTEUR, Interdit),
    ("cpam-de-la-haute-garonne", Role.CAISSE_ORDONNATEUR, "cpam-de-la-haute-garonne", Role.CAISSE_INSTRUCTEUR, None),
    ("cpam-de-la-haute-garonne", Role.CAISSE_ORDONNATEUR, "ars-76", Role.ARS_INSTRUCTEUR, Introuvable),
    ("administration-76", Role.ADMIN_REGIONAL, "ars-76", Role.ARS_SIGNATAIRE, None),
    ("administration-76", Role.ADMIN_REGIONAL, "cpam-de-la-haute-garonne", Role.CAISSE_ORDONNATEUR, None),
    ("administration-76", Role.ADMIN_REGIONAL, "administration-76", Role.ADMIN_REGIONAL, None),
    ("administration-76", Role.ADMIN_REGIONAL, "administration-76", Role.ADMIN_NATIONAL, ErreurMetier),
    ("administration-76", Role.ADMIN_REGIONAL, "ars-53", Role.ARS_INSTRUCTEUR, Introuvable),
    ("administration-76", Role.ADMIN_REGIONAL, "administration-nationale", Role.ADMIN_NATIONAL, Introuvable),
    ("administration-nationale", Role.ADMIN_NATIONAL, "ars-53", Role.ARS_SIGNATAIRE, None),
    ("administration-nationale", Role.ADMIN_NATIONAL, "equipe-autre", Role.PORTEUR_REFERENT, None),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "role", "cible", "donne", "refus"), DROITS)
def test_qui_invite_qui(code, role, cible, donne, refus):
    qui = acteur(code, role, "inviteur@essai.test")
    rattacher("equipe-autre", Role.PORTEUR_REFERENT, "autre@essai.test")
    organisation = Organisation.objects.get(code=cible)
    appel = {"organisation_id": organisation.pk, "courriel": "nouveau@essai.test", "role": donne}
    if refus is None:
        assert invitations.inviter(**appel, acteur=qui, maintenant=INSTANT).role == donne
    else:
        with pytest.raises(refus):
            invitations.inviter(**appel, acteur=qui, maintenant=INSTANT)
        assert not Invitation.objects.exists()


@pytest.fixture
def secret(referent) -> str:
    """The secret that the mail of an invitation carries."""
    qui = acteur_de(referent)
    invitations.inviter(
        organisation_id=qui.organisation_id,
        courriel="Nouveau@Essai.test",
        role=Role.PORTEUR_COLLABORATEUR,
        acteur=qui,
        maintenant=INSTANT,
    )
    return secret_du_courriel()


def secret_du_courriel() -> str:
    relais.vider(types=("courriel",))
    courriel = next(m for m in mail.outbox if m.to == ["nouveau@essai.test"])
    return re.search(r"/invitation/([0-9a-f]{64})/", courriel.body)[1]


@pytest.mark.django_db
def test_le_secret_n_est_nulle_part_en_clair(secret, referent):
    with comme_portail(), connection.cursor() as curseur:
        for table in ("comptes_invitation", "journal_envoi", "journal_evenement"):
            curseur.execute(f"SELECT t::text FROM {table} t")
            assert all(secret not in ligne for (ligne,) in curseur.fetchall()), table
        graine = Envoi.objects.get(cle__startswith="invitation:").charge["contexte"]["graine"]
    assert secret_invitation(graine) == secret


@pytest.mark.django_db
def test_compte_nouveau_par_le_lien(client, secret):
    with horloge.figer(INSTANT):
        adresse = reverse("invitation", args=[secret])
        page = client.get(adresse)
        assert page.status_code == 200
        assert "nouveau@essai.test" in page.content.decode()
        reponse = client.post(
            adresse,
            {"prenom": "Alix", "nom": "Durand", "mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE},
        )
    assert reponse.status_code == 302
    utilisateur = Utilisateur.objects.get(courriel="nouveau@essai.test")
    assert utilisateur.check_password(MOT_DE_PASSE)
    assert utilisateur.rattachements.get().role == Role.PORTEUR_COLLABORATEUR
    assert client.session["_auth_user_id"] == str(utilisateur.pk)
    with horloge.figer(INSTANT):
        assert client.get(adresse).status_code == 409


@pytest.mark.django_db
def test_compte_existant_se_connecte_d_abord(client, secret, connecte):
    existant = rattacher("equipe-autre", Role.PORTEUR_REFERENT, "nouveau@essai.test")
    adresse = reverse("invitation", args=[secret])
    with horloge.figer(INSTANT):
        assert "Se connecter" in client.get(adresse).content.decode()
        assert client.post(adresse, {"mot_de_passe": MOT_DE_PASSE}).status_code == 200
        assert connecte(existant).post(adresse).status_code == 302
    assert existant.utilisateur.rattachements.count() == 2


@pytest.mark.django_db
def test_un_autre_compte_n_accepte_pas(secret, connecte):
    etranger = rattacher("equipe-autre", Role.PORTEUR_REFERENT, "etranger@essai.test")
    with horloge.figer(INSTANT):
        assert connecte(etranger).post(reverse("invitation", args=[secret])).status_code == 422
    assert etranger.utilisateur.rattachements.count() == 1


@pytest.mark.django_db
def test_expiree_annulee_inconnue(client, secret, referent):
    adresse = reverse("invitation", args=[secret])
    with horloge.figer(INSTANT + timedelta(days=7)):
        assert client.get(adresse).status_code == 409
    invitations.annuler(invitation_id=Invitation.objects.get().pk, acteur=acteur_de(referent), maintenant=INSTANT)
    with horloge.figer(INSTANT):
        assert client.get(adresse).status_code == 409
        assert client.get(reverse("invitation", args=["0" * 64])).status_code == 404


@pytest.mark.django_db
def test_une_seconde_invitation_remplace_la_premiere(secret, referent):
    qui = acteur_de(referent)
    invitations.inviter(
        organisation_id=qui.organisation_id,
        courriel="nouveau@essai.test",
        role=Role.PORTEUR_REFERENT,
        acteur=qui,
        maintenant=INSTANT,
    )
    assert Invitation.objects.filter(annulee_le=None).get().role == Role.PORTEUR_REFERENT
    with pytest.raises(Conflit):
        invitations.lire(secret, INSTANT)


@pytest.mark.django_db(transaction=True)
def test_deux_acceptations_a_la_fois_un_seul_rattachement():
    """B10: the same link used 8 times at once gives one rattachement."""
    qui = acteur("equipe-essai", Role.PORTEUR_REFERENT, "referent@essai.test")
    invite = rattacher("equipe-autre", Role.PORTEUR_REFERENT, "nouveau@essai.test").utilisateur
    invitations.inviter(
        organisation_id=qui.organisation_id,
        courriel=invite.courriel,
        role=Role.PORTEUR_COLLABORATEUR,
        acteur=qui,
        maintenant=INSTANT,
    )
    secret = secret_du_courriel()

    def accepter(_: int) -> str:
        try:
            invitations.accepter(secret=secret, utilisateur=invite, maintenant=INSTANT)
        except Conflit as refus:
            return refus.code
        finally:
            connections.close_all()
        return "accepte"

    with ThreadPoolExecutor(8) as fils:
        issues = sorted(fils.map(accepter, range(8)))
    assert issues == ["accepte", *["invitation_servie"] * 7]
    assert Rattachement.objects.filter(utilisateur=invite, organisation_id=qui.organisation_id).count() == 1

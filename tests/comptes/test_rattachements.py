"""Roles and withdrawal: they bite at the next request, and somebody always remains in charge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Jeton, Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.services import rattachements
from ess_portal.comptes.services.jetons import creer_jeton
from ess_portal.comptes.session import acteur_de
from ess_portal.journal.models import Evenement
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable

from .conftest import INSTANT, acteur, rattacher


@pytest.mark.django_db
def test_le_retrait_mord_a_la_requete_suivante(referent, collaborateur, connecte):
    """B08: a session in use and an API token stop at once; the old session id is worth nothing."""
    session = connecte(collaborateur)
    assert session.get(reverse("organisation")).status_code == 200
    creer_jeton(rattachement=collaborateur, maintenant=INSTANT)
    connecte(referent).post(reverse("rattachement_retirer", args=[collaborateur.pk]))
    reponse = session.get(reverse("organisation"))
    assert reponse.status_code == 302
    assert reponse.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in session.session
    assert Jeton.objects.get().revoque_le is not None
    with comme_portail():
        assert (
            Evenement.objects.filter(type="rattachement_retire", organisation_id=referent.organisation_id).count() == 1
        )


@pytest.mark.django_db
def test_la_session_d_une_organisation_quittee_ne_passe_pas_a_une_autre(referent, collaborateur, connecte):
    rattacher("equipe-autre", Role.PORTEUR_REFERENT, collaborateur.utilisateur.courriel)
    session = connecte(collaborateur)
    session.post(reverse("changer_organisation"), {"rattachement": collaborateur.pk})
    rattachements.retirer(rattachement_id=collaborateur.pk, acteur=acteur_de(referent), maintenant=INSTANT)
    assert session.get(reverse("organisation")).status_code == 302


@pytest.mark.django_db
def test_un_referent_demeure(referent, collaborateur):
    qui = acteur_de(referent)
    with pytest.raises(Conflit, match="au moins une personne responsable"):
        rattachements.retirer(rattachement_id=referent.pk, acteur=qui, maintenant=INSTANT)
    with pytest.raises(Conflit):
        rattachements.changer_role(
            rattachement_id=referent.pk, role=Role.PORTEUR_COLLABORATEUR, acteur=qui, maintenant=INSTANT
        )
    rattachements.changer_role(
        rattachement_id=collaborateur.pk, role=Role.PORTEUR_REFERENT, acteur=qui, maintenant=INSTANT
    )
    rattachements.retirer(rattachement_id=referent.pk, acteur=qui, maintenant=INSTANT)
    assert Rattachement.objects.actifs().get(organisation=referent.organisation) == collaborateur


@pytest.mark.django_db
def test_un_administrateur_vide_une_ars_mais_pas_une_equipe(regional, national, referent):
    signataire = rattacher("ars-76", Role.ARS_SIGNATAIRE, "signataire@essai.test")
    with pytest.raises(Conflit):
        rattachements.retirer(rattachement_id=signataire.pk, acteur=acteur_de(signataire), maintenant=INSTANT)
    rattachements.retirer(rattachement_id=signataire.pk, acteur=acteur_de(regional), maintenant=INSTANT)
    with pytest.raises(Conflit):
        rattachements.retirer(rattachement_id=referent.pk, acteur=acteur_de(national), maintenant=INSTANT)


@pytest.mark.django_db
def test_refus(referent, collaborateur, regional):
    ars = rattacher("ars-53", Role.ARS_SIGNATAIRE, "bretagne@essai.test")
    with pytest.raises(Interdit):
        rattachements.retirer(rattachement_id=referent.pk, acteur=acteur_de(collaborateur), maintenant=INSTANT)
    with pytest.raises(Introuvable):
        rattachements.retirer(rattachement_id=ars.pk, acteur=acteur_de(regional), maintenant=INSTANT)
    with pytest.raises(ErreurMetier):
        rattachements.changer_role(
            rattachement_id=collaborateur.pk, role=Role.ADMIN_NATIONAL, acteur=acteur_de(referent), maintenant=INSTANT
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["administration-76", "administration-nationale", "equipe-essai"])
def test_deux_responsables_se_retirent_a_la_fois(code):
    """B10: whatever the order, one of the two remains."""
    role = {"administration-76": Role.ADMIN_REGIONAL, "administration-nationale": Role.ADMIN_NATIONAL}.get(
        code, Role.PORTEUR_REFERENT
    )
    for essai in range(10):
        paire = [rattacher(code, role, f"{qui}{essai}@essai.test") for qui in ("un", "deux")]
        acteurs = [acteur_de(r) for r in paire]

        def retirer(rang: int, paire=paire, acteurs=acteurs) -> str:
            try:
                rattachements.retirer(rattachement_id=paire[1 - rang].pk, acteur=acteurs[rang], maintenant=INSTANT)
            except ErreurMetier as refus:
                return refus.code
            finally:
                connections.close_all()
            return "retire"

        with ThreadPoolExecutor(2) as fils:
            issues = sorted(fils.map(retirer, (0, 1)))
        assert issues.count("retire") == 1, issues
        assert Rattachement.objects.actifs().filter(organisation__code=code).count() == 1
        Rattachement.objects.all().delete()


@pytest.mark.django_db
def test_qui_a_ete_retire_ne_retire_plus(national):
    autre = rattacher("administration-nationale", Role.ADMIN_NATIONAL, "autre@essai.test")
    perime = acteur_de(autre)
    rattachements.retirer(rattachement_id=autre.pk, acteur=acteur_de(national), maintenant=INSTANT)
    cible = acteur("ars-76", Role.ARS_SIGNATAIRE, "cible@essai.test")
    ligne = Rattachement.objects.get(utilisateur_id=cible.utilisateur_id)
    with pytest.raises(Interdit):
        rattachements.retirer(rattachement_id=ligne.pk, acteur=perime, maintenant=INSTANT)

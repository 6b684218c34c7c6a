"""Every page of accounts and administration answers, to whom it should, with complete templates."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from ess_portal.comptes.contexte import navigation
from ess_portal.comptes.demonstration import COMPTES, creer_comptes
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Invitation, Organisation, Rattachement, Utilisateur
from ess_portal.comptes.roles import ADMINS, AGENTS, Role
from ess_portal.comptes.services.invitations import inviter
from ess_portal.comptes.session import acteur_de
from ess_portal.journal.models import Courriel
from ess_portal.socle import horloge

from .conftest import INSTANT, rattacher

PUBLIQUES = ("accessibilite", "mentions_legales", "donnees_personnelles")
PERSONNELLES = ("compte", "compte_identite", "jeton_nouveau", "organisation")
ADMINISTRATION = (
    "administration",
    "administration_organisations",
    "parametres",
    "parametres_nouveau",
    "courriels",
    "bac_a_sable",
)


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PUBLIQUES)
def test_pages_publiques(client, nom):
    assert client.get(reverse(nom)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("compte", COMPTES, ids=lambda c: c.courriel)
def test_chaque_role_ouvre_ses_pages(connecte, compte):
    """The regulatory pages are the administrators': 403 to their colleagues of other roles."""
    rattachements = {r.utilisateur.courriel: r for r in creer_comptes()}
    session = connecte(rattachements[compte.courriel])
    for nom in PERSONNELLES:
        assert session.get(reverse(nom)).status_code == 200, nom
    for nom in ADMINISTRATION:
        assert session.get(reverse(nom)).status_code == (200 if compte.role in ADMINS else 403), nom


@pytest.mark.django_db
@pytest.mark.parametrize("compte", COMPTES, ids=lambda c: c.courriel)
def test_le_menu_tient_en_sept_entrees_et_chaque_page_s_ouvre(connecte, compte):
    """No group of one link, nothing twice, none that its role may not open; the group of the page is marked."""
    rattachements = {r.utilisateur.courriel: r for r in creer_comptes()}
    session = connecte(rattachements[compte.courriel])
    entrees = navigation(compte.role, "/budget/")
    assert len(entrees) <= 7
    assert all(len(e.liens) != 1 and bool(e.url) != bool(e.liens) for e in entrees)
    liens = [lien for e in entrees for lien in (e.liens or (e,))]
    assert len({lien.url for lien in liens}) == len(liens)
    assert [e.libelle for e in entrees if e.actif] == (["Suivi"] if compte.role in AGENTS else [])
    for lien in liens:
        page = session.get(lien.url)
        assert page.status_code == 200, lien.url
        assert f'<a class="fr-nav__link" href="{lien.url}" aria-current="page">' in page.content.decode()


@pytest.mark.django_db
def test_les_comptes_de_demonstration_se_refont_sans_rien_changer(settings):
    premiers = creer_comptes()
    assert [r.pk for r in creer_comptes()] == [r.pk for r in premiers]
    assert Utilisateur.objects.count() == len(COMPTES)
    settings.BAC_A_SABLE = False
    with pytest.raises(PermissionError):
        creer_comptes()


@pytest.mark.django_db
def test_les_comptes_de_demonstration_ont_l_adresse_de_la_commande_accueil(capsys):
    call_command("accueil")
    sortie = capsys.readouterr().out
    assert all(compte.courriel in sortie for compte in COMPTES)


@pytest.mark.django_db
def test_inviter_changer_retirer_par_les_pages(referent, collaborateur, connecte):
    session = connecte(referent)
    adresse = reverse("organisation_inviter", args=[referent.organisation_id])
    assert session.get(adresse).status_code == 200
    refuse = session.post(adresse, {"courriel": collaborateur.utilisateur.courriel, "role": Role.PORTEUR_REFERENT})
    assert "Déjà dans l’organisation" in refuse.content.decode()
    assert session.post(adresse, {"courriel": "x@essai.test", "role": Role.PORTEUR_REFERENT}).status_code == 302
    page = session.get(reverse("organisation")).content.decode()
    assert "x@essai.test" in page
    invitation = Invitation.objects.get()
    assert session.post(reverse("invitation_annuler", args=[invitation.pk])).status_code == 302
    assert session.post(reverse("invitation_annuler", args=[invitation.pk])).status_code == 409
    role = reverse("rattachement_role", args=[collaborateur.pk])
    assert session.get(role).status_code == 200
    assert session.post(role, {"role": Role.PORTEUR_REFERENT}).status_code == 302
    retrait = reverse("rattachement_retirer", args=[collaborateur.pk])
    assert session.get(retrait).status_code == 200
    assert session.post(retrait).status_code == 302
    assert session.get(retrait).status_code == 404


@pytest.mark.django_db
def test_un_collaborateur_lit_et_ne_modifie_pas(referent, collaborateur, connecte):
    session = connecte(collaborateur)
    page = session.get(reverse("organisation")).content.decode()
    assert referent.utilisateur.courriel in page
    assert "Inviter" not in page
    for nom, cle in (
        ("organisation_inviter", referent.organisation_id),
        ("rattachement_role", referent.pk),
        ("rattachement_retirer", referent.pk),
    ):
        assert session.get(reverse(nom, args=[cle])).status_code == 403, nom


@pytest.mark.django_db
def test_une_invitation_d_ailleurs_ne_s_annule_pas(referent, regional, connecte):
    with horloge.figer(INSTANT):
        ailleurs = inviter(
            organisation_id=referent.organisation_id,
            courriel="x@essai.test",
            role=Role.PORTEUR_REFERENT,
            acteur=acteur_de(referent),
            maintenant=INSTANT,
        )
    assert connecte(regional).post(reverse("invitation_annuler", args=[ailleurs.pk])).status_code == 404
    assert connecte(regional).post(reverse("invitation_annuler", args=[99_999_999])).status_code == 404


@pytest.mark.django_db
def test_la_recherche_reste_dans_la_region(regional, national, connecte):
    rattacher("ars-76", Role.ARS_INSTRUCTEUR, "cherche@essai.test")
    rattacher("ars-53", Role.ARS_INSTRUCTEUR, "cherche@ailleurs.test")
    adresse = reverse("administration_organisations")
    page = connecte(regional).get(adresse, {"recherche": "cherche"}).content.decode()
    assert "ARS Occitanie" in page
    assert "ARS Bretagne" not in page
    page = connecte(national).get(adresse, {"recherche": "cherche", "type": "ars"}).content.decode()
    assert "ARS Occitanie" in page
    assert "ARS Bretagne" in page
    assert "Aucune organisation" in connecte(national).get(adresse, {"recherche": "zzzz"}).content.decode()
    assert Organisation.objects.pour(acteur_de(regional)).filter(region="53").count() == 0


@pytest.mark.django_db
def test_courriels_captures(national, referent, connecte):
    with comme_portail():
        courriel = Courriel.objects.create(
            identifiant="<a@b>", de="p@b", destinataires="a@b", sujet="Sujet", texte="Lien http://x/", envoye_le=INSTANT
        )
    session = connecte(national)
    assert "Sujet" in session.get(reverse("courriels"), {"recherche": "suj"}).content.decode()
    assert "http://x/" in session.get(reverse("courriel", args=[courriel.pk])).content.decode()
    assert session.get(reverse("courriel", args=[courriel.pk + 1])).status_code == 404
    assert connecte(referent).get(reverse("courriel", args=[courriel.pk])).status_code == 403


@pytest.mark.django_db
def test_identite(referent, connecte):
    session = connecte(referent)
    saisie = {"titre": "Pr", "prenom": "Lou", "nom": "Martin", "rpps": ""}
    assert session.post(reverse("compte_identite"), saisie).status_code == 302
    assert Rattachement.objects.get(pk=referent.pk).utilisateur.nom_complet == "Pr Lou Martin"


@pytest.mark.django_db
def test_coordonnees(referent, regional, connecte):
    """An équipe renames itself; an ARS keeps its name; the région's administrator may write the ARS's address."""
    session = connecte(referent)
    adresse = reverse("organisation_coordonnees", args=[referent.organisation_id])
    saisie = {
        "nom": "ESS Renommée",
        "courriel": "ess@essai.test",
        "telephone": "01 99 00 00 01",
        "adresse": "1 rue A\nVille",
    }
    assert session.get(adresse).status_code == 200
    assert session.post(adresse, saisie).status_code == 302
    assert "ESS Renommée" in session.get(reverse("organisation")).content.decode()
    ars = Organisation.objects.get(code="ars-76")
    adresse = reverse("organisation_coordonnees", args=[ars.pk])
    assert session.post(adresse, saisie).status_code == 404
    assert connecte(regional).post(adresse, saisie).status_code == 302
    apres = Organisation.objects.get(pk=ars.pk)
    assert (apres.nom, apres.courriel) == (ars.nom, "ess@essai.test")

"""The main screens: what each reader sees at each step, in a constant number of queries, with and without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.carte import dessiner, polygones
from dossiers.models import Dossier
from dossiers.regles.cycle import Statut
from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.models import Departement
from ess_portal.socle import horloge
from tests.fabriques import Distribution, client_de, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db
REQUETES_DOSSIER, REQUETES_LISTE, OCTETS_LISTE = 20, 12, 100_000
LECTEURS = ("porteur", "instructeur", "signataire", "gestionnaire", "regional", "national")


def lire(client, url: str, **suite) -> str:
    reponse = client.get(url, **suite)
    assert reponse.status_code == 200, (url, reponse.status_code)
    return reponse.content.decode()


def page_dossier(dossier: Dossier) -> str:
    return reverse("dossier", args=[dossier.numero])


def au_moment(d: Distribution, **duree: int):
    return horloge.figer(d.maintenant + timedelta(**duree))


@pytest.mark.parametrize(
    ("statut", "porteur", "instructeur"),
    [
        ("brouillon", "Déposez votre lettre d’intention", None),
        ("lettre_deposee", "Votre lettre est en instruction", "Valider la lettre"),
        ("lettre_incomplete", "Fournissez les pièces demandées", "Délai suspendu"),
        ("lettre_refusee", "Votre lettre d’intention est refusée", "Retirer le refus"),
        ("amorcage_signe", "Déposez votre projet de santé", "Projet de santé attendu au plus tard le"),
        ("projet_refuse", "Déposez un projet de santé modifié", "Projet de santé refusé"),
        ("dotation_active", "Mettez en place la mission socle", "Contrats et versements"),
        ("clos", "Ce dossier est clos", "Dossier clos"),
    ],
)
def test_each_state_says_what_comes_next_to_each_reader(statut, porteur, instructeur):
    dossier = make_dossier(statut)
    d = dossier.distribution
    with au_moment(d, days=1):
        assert porteur in lire(client_de(d.utilisateur("porteur")), page_dossier(dossier))
        lire(client_de(d.utilisateur("porteur")), "/")
        for qui in LECTEURS[1:-1] if instructeur is None else LECTEURS[1:]:
            client = client_de(d.utilisateur(qui))
            if instructeur is None:
                assert client.get(page_dossier(dossier)).status_code == 404
            else:
                texte = lire(client, page_dossier(dossier))
                assert "Vie du dossier" in texte
                if qui == "signataire":
                    assert instructeur in texte


def test_administrators_read_without_any_act():
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    with au_moment(d, days=1):
        texte = lire(client_de(d.utilisateur("regional")), page_dossier(dossier))
    assert "/actions/" not in texte
    assert "Votre jugement" not in texte
    assert "Critères du cahier des charges" in texte


@pytest.mark.parametrize("statut", ["lettre_deposee", "projet_depose"])
def test_the_dossier_page_stays_within_its_queries(statut):
    dossier = make_dossier(statut)
    d = dossier.distribution
    with au_moment(d, days=1):
        for qui in ("porteur", "instructeur", "gestionnaire", "regional"):
            client = client_de(d.utilisateur(qui))
            lire(client, page_dossier(dossier))
            with CaptureQueriesContext(connection) as requetes:
                lire(client, page_dossier(dossier))
            assert len(requetes) <= REQUETES_DOSSIER, (qui, len(requetes))


def test_the_list_costs_the_same_whatever_its_rows():
    premier = make_dossier("lettre_deposee", specialites=["SM04"])
    d = premier.distribution
    client = client_de(d.utilisateur("instructeur"))
    with au_moment(d, days=50):
        lire(client, "/dossiers/")
        with CaptureQueriesContext(connection) as une:
            petite = lire(client, "/dossiers/")
        for code in ("SM02", "SM05", "SM10"):
            make_dossier("lettre_deposee", specialites=[code], maintenant=d.maintenant)
        with CaptureQueriesContext(connection) as quatre:
            grande = lire(client, "/dossiers/")
    assert len(une) == len(quatre) <= REQUETES_LISTE
    ligne = (len(grande.encode()) - len(petite.encode())) / 3
    assert len(petite.encode()) + 49 * ligne <= OCTETS_LISTE
    assert "4 lettres seront réputées validées" in grande


def test_silence_passed_reads_as_validated_while_the_scan_is_late():
    """CAL-9: no row was written, the page already says it."""
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    with au_moment(d, days=70):
        texte = lire(client_de(d.utilisateur("porteur")), page_dossier(dossier))
        liste = lire(client_de(d.utilisateur("instructeur")), "/dossiers/?onglet=tous")
    assert d.relire().statut == Statut.LETTRE_DEPOSEE
    assert "Réputée validée" in texte
    assert "Déposez votre projet de santé" in texte
    assert "Lettre validée" in liste


def test_a_stranger_gets_the_404_of_a_dossier_that_does_not_exist():
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    etranger = client_de(make_utilisateur("porteur_referent"))
    with au_moment(d, days=1):
        for nom in ("dossier", "messages", "documents", "journal"):
            assert etranger.get(reverse(nom, args=[dossier.numero])).status_code == 404
        porteur = client_de(d.utilisateur("porteur"))
        assert porteur.get(reverse("messages_fil", args=[dossier.numero, "prive"])).status_code == 404


def test_a_step_saves_itself_and_says_so():
    dossier = make_dossier("brouillon")
    client = client_de(dossier.distribution.utilisateur("porteur"))
    url = reverse("lettre_etape", args=[dossier.numero, "specialite"])
    with au_moment(dossier.distribution):
        note = client.post(url, {"specialites": ["SM04"], "besoin": "Quatre mois."}, headers={"X-Enregistrement": "1"})
        assert "Enregistré à" in note.content.decode()
        refus = client.post(url, {"specialites": ["SM99"], "besoin": ""}, headers={"X-Enregistrement": "1"})
        assert "Non enregistré" in refus.content.decode()
        assert "Quatre mois." in lire(client, url)
        normale = client.post(url, {"specialites": ["SM04"], "besoin": "Cinq mois."})
    assert normale.status_code == 302
    assert normale.url == reverse("lettre_etape", args=[dossier.numero, "territoire"])


def test_every_error_of_a_step_is_reachable_from_the_summary():
    dossier = make_dossier("brouillon")
    client = client_de(dossier.distribution.utilisateur("porteur"))
    with au_moment(dossier.distribution):
        reponse = client.post(
            reverse("lettre_etape", args=[dossier.numero, "porteurs"]), {"nom": "ESS", "porteur_1_rpps": "123"}
        )
    texte = reponse.content.decode()
    assert reponse.status_code == 422
    assert 'href="#id_porteur_1_rpps"' in texte
    assert 'id="id_porteur_1_rpps"' in texte


def test_the_recap_lists_what_is_missing_with_the_step_where_to_write_it():
    dossier = make_dossier("brouillon")
    client = client_de(dossier.distribution.utilisateur("porteur"))
    with au_moment(dossier.distribution):
        texte = lire(client, reverse("lettre_recapitulatif", args=[dossier.numero]))
    assert reverse("lettre_etape", args=[dossier.numero, "actions"]) in texte
    assert "avant le dépôt" in texte
    assert reverse("acte", args=[dossier.numero, "deposer_lettre"]) not in texte


def test_a_refusal_can_be_read_before_it_is_made():
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    client = client_de(d.utilisateur("instructeur"))
    url = reverse("acte", args=[dossier.numero, "refuser_lettre"])
    donnees = {"motif_besoin": "on", "faits_besoin": "Trois équipes couvrent déjà le territoire."}
    with au_moment(d, days=1):
        apercu = client.post(url, donnees | {"relire": "1"})
        assert apercu.status_code == 200
        assert "<mark" in apercu.content.decode()
        assert d.relire().statut == Statut.LETTRE_DEPOSEE
        sans_faits = client.post(url, {"motif_besoin": "on"})
        assert sans_faits.status_code == 422
        assert 'href="#id_faits_besoin"' in sans_faits.content.decode()
        assert client.post(url, donnees).status_code == 302
    assert d.relire().statut == Statut.LETTRE_REFUSEE


def test_a_judgement_comes_back_to_its_row():
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    client = client_de(d.utilisateur("instructeur"))
    suite = f"{page_dossier(dossier)}#critere-7"
    donnees = {"objet": "lettre", "critere": "CRI-7", "avis": "conforme", "motif": "", "suite": suite}
    with au_moment(d, days=1):
        reponse = client.post(reverse("juger", args=[dossier.numero]), donnees)
        assert reponse.url == suite
        ailleurs = client.post(
            reverse("juger", args=[dossier.numero]), donnees | {"suite": "https://ailleurs.example/"}
        )
        assert ailleurs.url.startswith("/dossiers/")
        assert dossier.numero in lire(client, page_dossier(dossier))
    with comme_portail():
        assert Dossier.objects.get(numero=dossier.numero).jugements.get().avis == "conforme"


def test_home_of_each_reader(client):
    assert "Le parcours et ses délais" in lire(client, "/")
    nouveau = client_de(make_utilisateur("porteur_referent"))
    assert "Votre équipe n’a pas encore de dossier" in lire(nouveau, "/")
    agent = client_de(make_utilisateur("ars_instructeur"))
    assert "Rien n’attend votre organisation aujourd’hui." in lire(agent, "/")
    reponse = client_de(make_utilisateur("admin_regional")).get("/")
    assert reponse.url == reverse("pilotage")


@pytest.mark.parametrize("page", ["messages", "documents", "journal"])
def test_pages_beside_the_dossier(page):
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    with au_moment(d, days=1):
        for qui in ("porteur", "instructeur", "regional"):
            lire(client_de(d.utilisateur(qui)), reverse(page, args=[dossier.numero]))


def test_every_step_of_the_letter_and_of_the_projet_shows():
    dossier = make_dossier("brouillon")
    client = client_de(dossier.distribution.utilisateur("porteur"))
    with au_moment(dossier.distribution):
        for etape in ("porteurs", "specialite", "territoire", "cooperations", "gouvernance", "actions", "pieces"):
            texte = lire(client, reverse("lettre_etape", args=[dossier.numero, etape]))
            assert 'style="' not in texte
    signe = make_dossier("amorcage_signe")
    porteur = client_de(signe.distribution.utilisateur("porteur"))
    with au_moment(signe.distribution, days=1):
        for rubrique in ("diagnostic", "missions", "indicateurs", "gouvernance", "actualisation", "deploiement"):
            lire(porteur, reverse("projet_rubrique", args=[signe.numero, rubrique]))


def test_a_path_with_islands_is_several_shapes():
    assert polygones("M0 0l10 0v10h-10zM20 20l5 0 0 5z") == (
        ((0, 0), (10, 0), (10, 10), (0, 10)),
        ((20, 20), (25, 20), (25, 25)),
    )


def test_the_map_writes_its_figures_without_a_french_comma():
    dessin = dessiner(Departement.objects.filter(code__in=("31", "32")), {"31"}, {"32"})
    haute_garonne, gers = dessin["zones"]
    assert haute_garonne["choisi"]
    assert gers["couvert"]
    assert all("," not in str(valeur) for zone in dessin["zones"] for valeur in (zone["x"], zone["y"], zone["chemin"]))

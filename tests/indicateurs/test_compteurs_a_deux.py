# ruff: noqa: F811  fixtures of another file
"""Monthly counters: one typed by mistake is emptied, two people who write the same month are told of each other; page, file and API."""

from __future__ import annotations

import html
import json
import re

import pytest

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from indicateurs import services
from indicateurs.models import Compteur
from indicateurs.services import MoisPerime
from tests.api.conftest import appelant
from tests.fabriques import client_de
from tests.indicateurs.conftest import personne
from tests.indicateurs.test_rapports import ANNIVERSAIRE, contrat, contrats, dossier  # noqa: F401  fixtures


@pytest.fixture
def ecrire(dossier, contrat, porteur):
    def faire(valeurs: dict, avant: dict | None = None, mois: str = "2025-05"):
        with contexte(porteur[1]):
            return services.enregistrer_compteurs(
                numero=dossier.numero, mois=mois, valeurs=valeurs, avant=avant, source="api", acteur=porteur[1], maintenant=ANNIVERSAIRE
            )  # fmt: skip

    return faire


@pytest.fixture
def ecran(dossier, contrat, porteur):
    """What a person does: open a month, type over some fields, send the whole form."""

    class Page:
        adresse = f"/dossiers/{dossier.numero}/compteurs/"

        def __init__(self) -> None:
            self.client, self.champs = client_de(porteur[0]), {}

        def ouvrir(self, mois: str = "2025-05") -> str:
            return self.lire(self.client.get(self.adresse, {"mois": mois}))

        def lire(self, reponse) -> str:
            self.champs = {
                nom: html.unescape(valeur)
                for nom, valeur in re.findall(r'<input[^>]*? name="(\w+)"(?:[^>]*? value="([^"]*)")?', reponse.text)
                if nom != "csrfmiddlewaretoken"
            }
            return reponse.text

        def envoyer(self, **saisis: str):
            with horloge.figer(ANNIVERSAIRE):
                return self.client.post(self.adresse, self.champs | saisis)

    def ouvrir(mois: str = "2025-05") -> Page:
        p = Page()
        with horloge.figer(ANNIVERSAIRE):
            p.ouvrir(mois)
        return p

    return ouvrir


def enregistres(dossier, mois: str = "2025-05") -> dict:
    with comme_portail():
        lus = Compteur.objects.en_vigueur().filter(dossier=dossier, mois=f"{mois}-01").order_by("indicateur")
        return {c.indicateur: c.contenu for c in lus}


def test_un_compteur_se_vide(ecrire, dossier, ecran):
    """Its versions stay, and who emptied it; typed again, it goes on from there."""
    ecrire({"i1": 4, "i3": 500, "delai_rdv": [3, 3]})
    assert ecran().envoyer(i3="").status_code == 302
    assert enregistres(dossier) == {"i1": 4, "delai_rdv": {3: 2}}
    with comme_portail():
        lus = Compteur.objects.filter(dossier=dossier, indicateur="i3").order_by("version")
        assert [(c.contenu, c.est_courant) for c in lus] == [(500, False), (None, True)]
        trace = Evenement.objects.filter(dossier=dossier, type="enregistrer_compteurs").order_by("pk").last().donnees
    assert (trace["avant"], trace["apres"]) == ({"i3": 500}, {"i3": None})
    ouverte = ecran()
    assert ouverte.champs["i3"] == ""
    assert ouverte.envoyer(i3="5", delai_rdv="").status_code == 302
    assert enregistres(dossier) == {"i1": 4, "i3": 5}


def test_un_mois_vide_ne_compte_plus(ecrire, dossier, ecran):
    ecrire({"i3": 500})
    ecran().envoyer(i3="")
    with horloge.figer(ANNIVERSAIRE):
        lue = ecran().ouvrir()
    assert "500" not in lue
    assert "Aucun mois n’est encore enregistré" in lue


def test_vider_ne_contredit_pas_le_reste(ecrire, ecran, dossier):
    """I5 done and no médecin: what is left of the month is judged."""
    ecrire({"i4": 1, "i5": 3})
    refus = ecran().envoyer(i4="0")
    assert refus.status_code == 422
    assert enregistres(dossier) == {"i4": 1, "i5": 3}


def test_le_second_apprend_ce_qui_a_change(ecrire, dossier, ecran, equipe):
    """Both opened the month; the second is told, keeps what she typed, and goes through once she has compared."""
    ecrire({"i1": 4, "i3": 5})
    premiere, seconde = ecran(), ecran()
    seconde.client = client_de(personne(equipe, Role.PORTEUR_COLLABORATEUR)[0])
    assert premiere.envoyer(i3="6", i2="40").status_code == 302
    refus = seconde.envoyer(i3="7", i5="")
    assert refus.status_code == 409
    assert "Julien Marty a enregistré ce mois" in refus.text
    assert "Ce qui a changé pendant votre saisie" in refus.text
    assert enregistres(dossier) == {"i1": 4, "i2": 40, "i3": 6}
    seconde.lire(refus)
    assert (seconde.champs["i3"], seconde.champs["i2"]) == ("7", "40"), (
        "hers stays, what she had not touched is up to date"
    )
    assert seconde.envoyer().status_code == 302
    assert enregistres(dossier) == {"i1": 4, "i2": 40, "i3": 7}


def test_deux_compteurs_differents_du_meme_mois_ne_se_genent_pas(ecrire, dossier, ecran):
    ecrire({"i1": 4})
    premiere, seconde = ecran(), ecran()
    assert premiere.envoyer(i2="40").status_code == 302
    assert seconde.envoyer(i3="7").status_code == 302
    assert enregistres(dossier) == {"i1": 4, "i2": 40, "i3": 7}


def test_la_meme_valeur_n_est_pas_un_conflit(ecrire, dossier, ecran):
    premiere, seconde = ecran(), ecran()
    assert premiere.envoyer(i3="6").status_code == 302
    assert seconde.envoyer(i3="6").status_code == 302
    with comme_portail():
        assert Compteur.objects.filter(dossier=dossier).count() == 1


def test_un_autre_mois_que_celui_qui_etait_montre(ecrire, dossier, ecran):
    """Typing another month over: nothing of it was read, its blanks empty nothing, its values are not lost unseen."""
    ecrire({"i1": 4, "i3": 5}, mois="2025-06")
    ouverte = ecran("2025-05")
    refus = ouverte.envoyer(mois="2025-06", i3="9")
    assert refus.status_code == 409
    assert enregistres(dossier, "2025-06") == {"i1": 4, "i3": 5}
    ouverte.lire(refus)
    assert (ouverte.champs["i1"], ouverte.champs["i3"]) == ("4", "9")
    assert ouverte.envoyer().status_code == 302
    assert enregistres(dossier, "2025-06") == {"i1": 4, "i3": 9}


@pytest.mark.parametrize(
    "lu", ["", "x", "[1]", "[" * 9000, '{"mois": ["2025-05"], "i3": {}}', '{"mois": "2025-05", "i3": "douze"}']
)
def test_une_lecture_qui_n_en_est_pas_une_est_sans_effet(ecrire, dossier, ecran, lu):
    """What the page says of its reading is sent back by the browser: it may be anything."""
    ecrire({"i3": 5})
    assert ecran().envoyer(lu=lu, i3="6").status_code in (409, 422)
    assert enregistres(dossier) == {"i3": 5}


def test_le_service_compare_ce_qui_est_ecrit(ecrire, dossier):
    ecrire({"i1": 4, "i3": 5})
    with pytest.raises(MoisPerime) as refus:
        ecrire({"i3": 7, "i1": 4}, avant={"i3": None, "i1": 3})
    assert [(e.champ, e.avant, e.apres) for e in refus.value.ecarts] == [("i3", 5, 7)]
    assert ecrire({"i3": 7}, avant={"i3": "5"}).changes == {"i3": 5}


def test_l_api_vide_et_compare_une_fois(dossier, contrat, porteur):
    chemin = f"dossiers/{dossier.numero}/compteurs/"
    with horloge.figer(ANNIVERSAIRE):
        api = appelant(porteur[0])
        assert api.post(chemin, {"mois": "2025-05", "i1": 4, "i3": 5}).json()["version"] == 1
        perime = api.post(chemin, {"mois": "2025-05", "i3": 9, "avant": {"i3": 4}})
        assert (perime.status_code, perime.json()["champs"]) == (409, {"i3": ["Enregistré entre-temps\u00a0: 5."]})
        for _ in range(2):
            vide = api.post(chemin, {"mois": "2025-05", "i3": None, "avant": {"i3": 5}})
            assert (vide.status_code, vide.json()) == (200, {"mois": "2025-05", "i1": 4, "version": 2})
        tout = api.post(chemin, {"mois": "2025-05", "i1": None})
        assert (tout.status_code, "i1" in tout.json()) == (200, False)
        assert api.get(chemin).json()["results"] == []
        assert api.post(chemin, {"mois": "2025-06", "i3": None}).json() == {"mois": "2025-06", "version": 0}
        assert api.post(chemin, {"mois": "2025-05", "i3": 2, "avant": [5]}).status_code == 422
    with comme_portail():
        assert Compteur.objects.filter(dossier=dossier).count() == 4


def test_la_page_garde_ce_qu_elle_a_montre(ecrire, ecran):
    ecrire({"i3": 5, "delai_rdv": [3, 10]})
    assert json.loads(ecran().champs["lu"]) == {"mois": "2025-05", "i3": "5", "delai_rdv": "3\u00a0; 10"}

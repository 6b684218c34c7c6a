"""The simulators' pages: public, without script, the same answers as the calculators."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from ess_portal.comptes.locataire import comme_portail
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres

from .conftest import INSTANT

pytestmark = pytest.mark.django_db
PAGES = ("", "dotation/", "echeances/", "seuils/", "identifiants/")


@pytest.mark.parametrize("page", PAGES)
def test_page_publique_vide(client: Client, page: str):
    assert client.get(f"/simulateurs/{page}").status_code == 200


def lire(client: Client, page: str, statut: int = 200, **reponses: str) -> str:
    r = client.get(f"/simulateurs/{page}/", reponses)
    assert r.status_code == statut, r.content.decode()[:3000]
    return r.content.decode().replace("\u00a0", " ")


def test_dotation(client: Client):
    annee = {"debut": "01/04/2025", "nombre": "20", "du_1": "01/10/2025", "nombre_1": "15"}
    page = lire(client, "dotation", **annee)
    assert "54 170,47 €" in page
    assert "À arbitrer" in lire(client, "dotation", debut="01/04/2025", nombre="9")
    assert "hors de l’année" in lire(client, "dotation", 422, **annee | {"du_1": "01/10/2027"})
    assert "Indiquez le nombre de médecins à partir de ce jour" in lire(
        client, "dotation", 422, **annee | {"nombre_1": ""}
    )
    assert 'name="du_4"' in lire(client, "dotation", ajouter="1", **annee)
    assert lire(client, "dotation", 422, nombre="20")


def test_echeances(client: Client):
    faits = {
        "departement": "31",
        "lettre_recue": "10/03/2025",
        "lettre_1_demandee_le": "20/03/2025",
        "lettre_1_indispensable": "oui",
    }
    assert "Délai suspendu" in lire(client, "echeances", **faits)
    assert "10 juin 2025" in lire(client, "echeances", **faits, lettre_1_recue_le="10/04/2025")
    assert "ne peut pas précéder" in lire(client, "echeances", 422, **faits, lettre_1_recue_le="10/01/2025")
    assert lire(client, "echeances", 422, departement="975", lettre_recue="10/03/2025")


def test_echeances_dessinees_et_toutes_les_reponses_du_calculateur(client: Client):
    """The line of time and its table say the same days; what is typed in a drawer keeps it open, faults included."""
    faits = {
        "departement": "31",
        "lettre_recue": "10/03/2025",
        "lettre_1_demandee_le": "20/03/2025",
        "lettre_1_recue_le": "10/04/2025",
        "projet_recu": "15/09/2025",
        "projet_depose": "10/09/2025",
        "effet_dotation": "01/01/2026",
    }
    page = lire(client, "echeances", **faits)
    assert 'aria-labelledby="frise-titre frise-desc"' in page
    assert "Décision de l’ARS sur la lettre : 10 juin 2025." in page
    assert "chaque année, du 1er janvier 2027 au 1er janvier 2031" in page
    assert "10 septembre 2026" in page
    assert page.count('class="ess-pourquoi fr-mb-2w" open') == 2
    assert "sans date" in lire(client, "echeances", **faits | {"opposition_caisse_le": "01/10/2025"})
    assert "25 mai 2025" in lire(client, "echeances", **faits | {"lettre_1_levee_le": "25/03/2025"})
    orphelin = {**faits, "projet_1_limite": "01/11/2025"}
    assert "Indiquez le jour de la demande." in lire(client, "echeances", 422, **orphelin)
    assert "suspendu" in lire(
        client, "echeances", departement="31", lettre_recue="10/03/2025", lettre_1_demandee_le="20/03/2025"
    )


def test_seuils_et_identifiants(client: Client):
    assert "11 adhérents" in lire(client, "seuils", liberaux="101", adherents_liberaux="10", medecins_presents="12")
    assert "Non évaluable" in lire(client, "seuils", liberaux="0", adherents_liberaux="0", medecins_presents="0")
    assert "2A0000014" in lire(client, "identifiants", type="finess", valeur="2A 000 001 4")
    assert "Non valide" in lire(client, "identifiants", type="finess", valeur="")


def test_les_seuils_sont_ceux_du_calcul(client: Client):
    """The page says the rates and the number of médecins that its own answer went by."""
    reglages = {"seuil_creation": 15, "seuil_intermediaire": 35, "seuil_cible": 60, "medecins_minimum": 12}
    with comme_portail():
        JeuParametres.objects.create(
            valide_du=date(2026, 3, 1), valeurs=Parametres().valeurs() | reglages, source="Essai", cree_le=INSTANT
        )
    for page in (
        lire(client, "seuils"),
        lire(client, "seuils", liberaux="100", adherents_liberaux="14", medecins_presents="11"),
    ):
        assert "15 % à la création, 35 % en chemin, 60 % après cinq ans" in page
        assert "au moins 12" in page
    assert "À la création, 15 % : 15 adhérents libéraux requis" in page
    assert "Non atteint</span> 12 médecins de la spécialité présents." in page
    accueil = client.get("/simulateurs/").content.decode()
    assert "10\u00a0%" not in accueil
    assert "dix médecins" not in accueil

"""The directory on screen: search and its limit, « ajouter un adhérent » that begins there, the imports of the administration."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from adhesions.annuaire import importer_annuaire, limite
from adhesions.models import Adhesion, Fiche, ImportAnnuaire
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.socle import horloge
from tests.fabriques import client_de, make_utilisateur
from tests.outillage.annuaire import ENTETE, NOM, Personne, rpps

MAINTENANT = datetime(2026, 11, 22, 9, tzinfo=UTC)
JSON = {"Accept": "application/json"}
AUCH = ("L", "SA07", "32000", "32013", "AUCH", "32", "CABINET DU FOIRAIL")
HOPITAL = ("S", "SA01", "31000", "31555", "TOULOUSE", "31", "CENTRE HOSPITALIER")
GENS = (
    Personne(rpps(1), "ROQUES", "CAMILLE", civilite="PR", activites=(HOPITAL, AUCH)),
    Personne(rpps(1), "ROQUES", "CAMILLE", civilite="PR", specialite="SM32", activites=(AUCH,)),
    Personne(rpps(2), "ROQUELAURE", "ANAÏS", activites=(("L", "SA07", "35000", "", "RENNES", "35", "CABINET"),)),
    Personne(rpps(3), "<b>ROQUEFORT</b>", "PAUL"),
    Personne(rpps(4), "ROQUEMAURE", "LUC", specialite="SM99"),
)


@pytest.fixture(autouse=True)
def heure():
    with horloge.figer(MAINTENANT):
        yield


@pytest.fixture
def annuaire(db, tmp_path) -> ImportAnnuaire:
    fichier = tmp_path / NOM
    fichier.write_text("\n".join([ENTETE, *(ligne for p in GENS for ligne in p.lignes()), ""]))
    return importer_annuaire(fichier, maintenant=MAINTENANT)


@pytest.fixture
def connecte(client, porteur):
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    return client


def test_la_recherche_en_json(connecte, annuaire):
    reponse = connecte.get("/annuaire/recherche/", {"q": "camille roq"}, headers=JSON)
    assert reponse["Content-Type"] == "application/json"
    assert "no-store" in reponse["Cache-Control"]
    (fiche,) = reponse.json()["resultats"]
    assert (fiche["rpps"], fiche["nom_complet"], fiche["mode"]) == (rpps(1), "Pr Camille Roques", "mixte")
    assert (fiche["specialites"], fiche["departements"]) == (["SM04", "SM32"], ["31", "32"])
    assert connecte.get("/annuaire/recherche/", {"q": "ro"}, headers=JSON).json() == {"resultats": []}


def test_la_recherche_en_page_et_en_fragment(connecte, annuaire):
    page = connecte.get("/annuaire/recherche/", {"q": "roque"}).text
    assert "15\u00a0novembre\u00a02026" in page
    assert "Dr Anaïs Roquelaure" in page
    assert "<b>Roquefort" not in page
    fragment = connecte.get("/annuaire/recherche/", {"q": "roque"}, headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div id="resultats"')
    assert "Aucun professionnel" in connecte.get("/annuaire/recherche/", {"q": "zzzz"}).text
    assert "au moins trois" in connecte.get("/annuaire/recherche/", {"q": "z"}).text


def test_sans_annuaire_la_page_le_dit(connecte, dossier):
    assert "pas encore importé" in connecte.get("/annuaire/recherche/").text
    assert "Chercher dans l’annuaire" not in connecte.get(f"/dossiers/{dossier.numero}/adherents/ajouter/").text


def test_sans_compte_la_recherche_est_fermee(client, annuaire):
    assert client.get("/annuaire/recherche/", {"q": "roque"}, headers=JSON).status_code == 302


def test_on_ne_copie_pas_l_annuaire_par_la_recherche(connecte, annuaire, dossier, monkeypatch):
    monkeypatch.setattr(limite, "LIMITES", ((60, 3), (86_400, 5)))
    instant = [datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)]
    monkeypatch.setattr(limite, "horloge", SimpleNamespace(temps_reel=lambda: instant[0]))

    def chercher(**entetes):
        return connecte.get("/annuaire/recherche/", {"q": "roque"}, headers=entetes)

    assert [chercher(**JSON).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert chercher(**JSON)["Retry-After"] == "30"
    assert "Trop de recherches" in chercher(**JSON).json()["erreur"]
    assert "Trop de recherches" in chercher().text
    assert "Trop de recherches" in chercher(**{"HX-Request": "true"}).text
    assert "Trop de recherches" in connecte.get(f"/dossiers/{dossier.numero}/adherents/ajouter/?q=roque").text
    instant[0] += timedelta(minutes=1)
    assert [chercher(**JSON).status_code for _ in range(3)] == [200, 200, 429], "la limite du jour"
    instant[0] += timedelta(days=1)
    assert chercher(**JSON).status_code == 200


def test_ajouter_depuis_l_annuaire_sans_script(connecte, annuaire, dossier):
    page = f"/dossiers/{dossier.numero}/adherents/ajouter/"
    assert f'href="?rpps={rpps(1)}"' in connecte.get(page, {"q": "roques"}).text
    reponse = connecte.get(page, {"rpps": rpps(1)})
    initial = reponse.context["formulaire"].initial
    assert initial | {"lieux": ""} == {
        "rpps": rpps(1), "titre": "Pr", "nom": "Roques", "prenom": "Camille", "specialite": "SM04", "mode": "mixte",
        "departements": ["31", "32"], "lieux": "",
    }  # fmt: skip
    assert set(initial["lieux"].split("\n")) == {lieu["adresse"] for lieu in Fiche.objects.get(pk=rpps(1)).lieux}
    assert "Pr Camille Roques" in reponse.text
    # Rennes is not in this perimeter: its département is left out, the address says it.
    assert connecte.get(page, {"rpps": rpps(2)}).context["formulaire"].initial["departements"] == []
    assert connecte.post(page, initial).status_code == 302
    with comme_portail():
        assert Adhesion.objects.get().nom == "Roques"
    assert "annuaire santé" not in connecte.get(f"/dossiers/{dossier.numero}/adherents/").text
    assert connecte.get(page, {"rpps": "10000000000"}).context["formulaire"].initial == {}


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"rpps": rpps(900)}, "n’est pas dans l’annuaire santé du 15"),
        ({"nom": "Martin"}, "est celui de Pr Camille Roques"),
        ({"rpps": rpps(2), "nom": "Roquelaure"}, "n’est plus dans l’annuaire santé depuis le 20"),
        ({"nom": "ROQUES-DURAND"}, ""),
    ],
)
def test_ce_qui_est_saisi_a_la_main_est_compare_a_l_annuaire(connecte, annuaire, dossier, champs, phrase):
    with comme_portail():
        Fiche.objects.filter(pk=rpps(2)).update(absente_le=datetime(2026, 11, 20, tzinfo=UTC).date())
    saisie = {"rpps": rpps(1), "titre": "Dr", "nom": "Roques", "prenom": "C", "specialite": "SM04", "mode": "liberal"}
    page = connecte.post(f"/dossiers/{dossier.numero}/adherents/ajouter/", saisie | champs, follow=True).text
    alertes = re.findall(r'fr-alert--warning"[^>]*><p>(.*?)</p>', page)
    assert [phrase in alerte for alerte in alertes] == ([True] if phrase else [])


@pytest.fixture
def administrateur(db):
    return client_de(make_utilisateur(Role.ADMIN_NATIONAL))


def test_les_imports_et_leurs_rejets(administrateur, annuaire):
    page = administrateur.get("/administration/annuaire/").text
    assert f"/administration/annuaire/{annuaire.pk}/" in page
    rejets = administrateur.get(f"/administration/annuaire/{annuaire.pk}/").text
    assert "Spécialité inconnue" in rejets
    assert "Code lu\u00a0: SM99" in rejets
    fichier = administrateur.get(f"/administration/annuaire/{annuaire.pk}/rejets.csv")
    assert fichier["Content-Disposition"] == 'attachment; filename="annuaire-rejets-202611150730.csv"'
    lignes = fichier.content.decode("utf-8-sig").splitlines()
    assert lignes == ["Ligne;Motif;Précision", "7;Spécialité inconnue;Code lu\u00a0: SM99"]
    assert administrateur.get("/administration/annuaire/999999/").status_code == 404


def test_sans_import_la_page_le_dit(administrateur):
    assert "Aucun extrait importé" in administrateur.get("/administration/annuaire/").text
    assert "/administration/annuaire/" in administrateur.get("/administration/").text


def test_un_administrateur_regional_n_y_entre_pas(annuaire):
    regional = client_de(make_utilisateur(Role.ADMIN_REGIONAL))
    assert regional.get("/administration/annuaire/").status_code == 403
    assert "/administration/annuaire/" not in regional.get("/administration/").text

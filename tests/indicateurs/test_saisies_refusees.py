# ruff: noqa: F811  fixtures of another file
"""Bad input of the report and of the counters, where it comes in: the page, the API, the file. A French sentence, nothing written."""

from __future__ import annotations

import html
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Organisation
from ess_portal.documents.models import Piece
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from indicateurs.models import Compteur, PieceRapport, Rapport
from tests.api.conftest import appelant
from tests.documents import fichiers
from tests.fabriques import client_de
from tests.indicateurs.conftest import personne
from tests.indicateurs.test_rapports import ANNIVERSAIRE, contrat, contrats, dossier  # noqa: F401  fixtures

# What is typed, the field that says no, what its sentence says.
RAPPORT = [
    ({"i1": "douze"}, "i1", "nombre entier"),
    ({"i1": "12 bis"}, "i1", "nombre entier"),
    ({"i2": "3,5"}, "i2", "nombre entier"),
    ({"i3": "-1"}, "i3", "supérieure ou égale à 0"),
    ({"i5": "9" * 30}, "i5", "inférieure ou égale"),
    ({"i1": "5", "i1b": "9"}, "i1b", "plus nombreux"),
    ({"i5": "3", "i4": "0"}, "i4", "au moins un médecin"),
    ({"i4": "2"}, "i4", "adhérent"),
    ({"montant_depense": "beaucoup"}, "montant_depense", "nombre"),
    ({"montant_depense": "-1"}, "montant_depense", "supérieure ou égale à 0"),
    ({"outil_le": "demain"}, "outil_le", "date"),
]
COMPTEURS = [
    ({"i3": "douze"}, "i3", "nombre entier"),
    ({"i3": "-1"}, "i3", "négatif"),
    ({"i3": "3,5"}, "i3", "nombre entier"),
    ({"i3": "9" * 30}, "i3", "trop grand"),
    ({"i1": "1", "i1b": "2"}, "i1b", "plus nombreux"),
    ({"i4": "0", "i5": "1"}, "i4", "au moins un médecin"),
    ({"delai_rdv": "vite"}, "delai_rdv", "n’est pas un délai"),
    ({"mois": "mai"}, "mois", "Écrivez un mois"),
    ({"mois": "2025-03", "i3": "1"}, "mois", "n’est pas dans une année du contrat"),
    ({"mois": "2030-01", "i3": "1"}, "mois", "n’a pas commencé"),
]


@pytest.fixture(autouse=True)
def a_l_anniversaire():
    with horloge.figer(ANNIVERSAIRE):
        yield


@pytest.fixture
def intact(db):
    """Nothing of a report, of a counter or of a file is there at the end."""
    yield
    with comme_portail():
        assert not Rapport.objects.exists()
        assert not Compteur.objects.exists()
        assert not PieceRapport.objects.exists()
        assert not Evenement.objects.filter(type__in=("enregistrer_compteurs", "deposer_rapport")).exists()


def phrase(reponse: Any, champ: str) -> str:
    """What the API says at this field."""
    corps = reponse.json()
    assert set(corps) >= {"code", "message", "champs"}, corps
    return " ".join(corps["champs"].get(champ, [])).replace("\u00a0", " ")


def texte(reponse: Any) -> str:
    return html.unescape(reponse.text).replace("\u00a0", " ")


@pytest.mark.parametrize(("saisie", "champ", "dit"), RAPPORT)
def test_la_page_du_rapport(intact, dossier, contrat, porteur, saisie, champ, dit):
    refus = client_de(porteur[0]).post(f"/dossiers/{dossier.numero}/rapports/1/", saisie | {"version": "0"})
    assert refus.status_code == 422
    assert f'id="id_{champ}-erreur"' in refus.text or f"{champ}-erreur" in refus.text
    assert dit in texte(refus)


@pytest.mark.parametrize(("saisie", "champ", "dit"), RAPPORT)
def test_l_api_du_rapport(intact, dossier, contrat, porteur, saisie, champ, dit):
    chemin = f"dossiers/{dossier.numero}/actions/enregistrer_rapport/"
    for valeurs in (saisie, {c: int(v) if v.lstrip("-").isdecimal() else v for c, v in saisie.items()}):
        refus = appelant(porteur[0]).post(chemin, {"annee": 1} | valeurs)
        assert refus.status_code == 422
        assert dit in phrase(refus, champ)


@pytest.mark.parametrize("annee", [0, 3, 7, 49, 50, 999])
def test_une_annee_sans_contrat(intact, dossier, contrat, porteur, annee):
    """At the first anniversary of a contract of 2025: years 1 and 2 are begun."""
    page = client_de(porteur[0])
    for lue in (
        page.get(f"/dossiers/{dossier.numero}/rapports/{annee}/"),
        page.post(f"/dossiers/{dossier.numero}/rapports/{annee}/", {"i1": "5", "version": "0"}),
        page.post(f"/dossiers/{dossier.numero}/rapports/{annee}/pieces/", {"fichier": pdf()}),
    ):
        assert lue.status_code in (404, 422)
        assert lue.status_code == 404 or "n’a pas commencé" in texte(lue)
    for acte in ("enregistrer_rapport", "deposer_rapport", "joindre_piece_rapport"):
        refus = appelant(porteur[0]).post(f"dossiers/{dossier.numero}/actions/{acte}/", {"annee": annee, "i1": 5})
        assert refus.status_code in (404, 422), acte


@pytest.mark.parametrize("contrats", [[]])
def test_sans_aucun_contrat(intact, dossier, contrat, porteur):
    page = client_de(porteur[0])
    rapport = page.post(f"/dossiers/{dossier.numero}/rapports/1/", {"i1": "5", "version": "0"})
    assert (rapport.status_code, "Aucun contrat de dotation" in texte(rapport)) == (422, True)
    mois = page.post(f"/dossiers/{dossier.numero}/compteurs/", {"mois": "2025-05", "i3": "1"})
    assert (mois.status_code, "Aucun contrat de dotation" in texte(mois)) == (422, True)
    api = appelant(porteur[0])
    refus = api.post(f"dossiers/{dossier.numero}/actions/enregistrer_rapport/", {"annee": 1, "i1": 5})
    assert (refus.status_code, "Aucun contrat" in refus.json()["message"]) == (422, True)
    refus = api.post(f"dossiers/{dossier.numero}/compteurs/", {"mois": "2025-05", "i3": 1})
    assert (refus.status_code, "Aucun contrat" in phrase(refus, "mois")) == (422, True)


@pytest.mark.parametrize(("saisie", "champ", "dit"), COMPTEURS)
def test_la_page_des_compteurs(intact, dossier, contrat, porteur, saisie, champ, dit):
    refus = client_de(porteur[0]).post(f"/dossiers/{dossier.numero}/compteurs/", {"mois": "2025-05"} | saisie)
    assert refus.status_code == 422
    assert dit in texte(refus)


@pytest.mark.parametrize(("saisie", "champ", "dit"), COMPTEURS)
def test_l_api_des_compteurs(intact, dossier, contrat, porteur, saisie, champ, dit):
    refus = appelant(porteur[0]).post(f"dossiers/{dossier.numero}/compteurs/", {"mois": "2025-05"} | saisie)
    assert refus.status_code == 422
    assert dit in phrase(refus, champ)


@pytest.mark.parametrize(
    "corps",
    [
        {"mois": "2025-05", "i3": True},
        {"mois": "2025-05", "i3": 1.5},
        {"mois": "2025-05", "i3": {"a": 1}},
        {"mois": "2025-05", "i3": [1]},
        {"mois": ["2025-05"], "i3": 1},
        {"mois": "2025-05", "delai_rdv": {"-3": 1}},
        {"mois": "2025-05", "delai_rdv": [[3]]},
        {"mois": "2025-05", "i9": 1},
        {"mois": "2025-05", "i3": "1", "i1": "x"},
        {"mois": "2025-05"},
        {},
        [1],
    ],
)
def test_l_api_des_compteurs_devant_n_importe_quoi(intact, dossier, contrat, porteur, corps):
    """One bad counter: none of the month is written."""
    refus = appelant(porteur[0]).post(f"dossiers/{dossier.numero}/compteurs/", corps)
    assert refus.status_code in (400, 422), refus.content
    assert refus.json()["message"]


def fichier(texte_: str) -> io.BytesIO:
    f = io.BytesIO(texte_.encode())
    f.name = "compteurs.csv"
    return f


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        ("mois;i3\n2025-05;douze\n", "nombre entier"),
        ("mois;i3\n2025-05;-4\n", "négatif"),
        ("mois;i1;i1b\n2025-05;1;2\n", "plus nombreux"),
        ("mois;i3\n2025-05;1\n05/2025;2\n", "déjà à la ligne 2"),
        ("mois;dossier;i3\n2025-05;53-2025-0001;4\n", "celui d’une autre équipe"),
        ("mois;i3\n2025-02;1\n", "n’est pas dans une année du contrat"),
    ],
)
def test_un_fichier_de_compteurs_refuse(intact, dossier, contrat, porteur, contenu, dit):
    """Refused at its preview; sent back as if it had been confirmed, refused again, whole."""
    page, adresse = client_de(porteur[0]), f"/dossiers/{dossier.numero}/compteurs/importer/"
    apercu = page.post(adresse, {"fichier": fichier(contenu)})
    assert (apercu.status_code, dit in texte(apercu)) == (422, True)
    cellules = [ligne.split(";") for ligne in contenu.strip().split("\n")]
    cellules.insert(1, ["2025-07", *("" for _ in cellules[0][1:-1]), "1"])
    confirme = page.post(adresse, {"cellules": json.dumps(cellules), "confirmer": "1"})
    assert confirme.status_code == 422


def test_les_memes_compteurs_deux_fois(dossier, contrat, porteur):
    """By page, by file, by API: the same month counts once."""
    page, api = client_de(porteur[0]), appelant(porteur[0])
    adresse, corps = f"/dossiers/{dossier.numero}/compteurs/", {"mois": "2025-05", "i3": "5"}
    for _ in range(2):
        assert page.post(adresse, corps).status_code == 302
        assert api.post(f"dossiers/{dossier.numero}/compteurs/", corps).status_code == 200
        cellules = '[["mois", "i3"], ["2025-05", "5"]]'
        assert page.post(f"{adresse}importer/", {"cellules": cellules, "confirmer": "1"}).status_code == 302
    with comme_portail():
        assert [(c.valeur, c.version) for c in Compteur.objects.filter(dossier=dossier)] == [(5, 1)]
        assert Evenement.objects.filter(dossier=dossier, type="enregistrer_compteurs").count() == 1


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("preuve.pdf", fichiers.pdf(), "application/pdf")


def test_le_dossier_d_une_autre_equipe(intact, dossier, contrat, reprendre):
    """A stranger's report, counters and files: the 404 of what does not exist."""
    autre = Organisation.objects.create(type="equipe", code="autre-equipe", nom="Autre", region="76")
    etranger, _ = personne(autre, "porteur_referent")
    page, api, base = client_de(etranger), appelant(etranger), f"/dossiers/{dossier.numero}"
    for adresse, corps in (
        (f"{base}/rapports/1/", {"i1": "5", "version": "0"}),
        (f"{base}/rapports/1/", {"outil_preuve": pdf(), "version": "0"}),
        (f"{base}/rapports/1/pieces/", {"fichier": pdf()}),
        (f"{base}/compteurs/", {"mois": "2025-05", "i3": "1"}),
        (f"{base}/compteurs/importer/", {"fichier": fichier("mois;i3\n2025-05;1\n")}),
    ):
        assert page.post(adresse, corps).status_code == 404, adresse
    for chemin in ("actions/enregistrer_rapport/", "actions/joindre_piece_rapport/", "compteurs/"):
        assert api.post(f"dossiers/{dossier.numero}/{chemin}", {"annee": 1, "mois": "2025-05", "i3": 1}).status_code == 404  # fmt: skip


def test_la_preuve_de_l_outil_ne_se_designe_pas(intact, dossier, contrat, porteur, reprendre):
    """A file of another ESS, named by its identifier where a file is awaited: not a file, at the page and by the API."""
    with comme_portail():
        etrangere = Piece.objects.create(
            dossier=reprendre("dotation_active"), objet="rapport", type="annexe", libelle="Secret", nom_fichier="secret.pdf", type_mime="application/pdf",
            taille=3, empreinte="0" * 64, chemin="aa/autre", depose_le=ANNIVERSAIRE, etat="sain", analysee_le=ANNIVERSAIRE,
        )  # fmt: skip
    base, cle = f"/dossiers/{dossier.numero}/rapports/1/", str(etrangere.pk)
    refus = client_de(porteur[0]).post(f"{base}pieces/", {"fichier": cle})
    assert (refus.status_code, "Choisissez un fichier" in texte(refus)) == (422, True)
    for champ in ("outil_preuve", "fichier"):
        acte = "enregistrer_rapport" if champ == "outil_preuve" else "joindre_piece_rapport"
        refus = appelant(porteur[0]).post(f"dossiers/{dossier.numero}/actions/{acte}/", {"annee": 1, champ: cle})
        assert refus.status_code == 422
        assert phrase(refus, champ)

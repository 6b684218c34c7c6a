"""The observatory: what the public may know, and no more (CONF-1); the open data answers to its schema."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.models import Association
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from financement.models import Contrat
from indicateurs.observatoire import donnees
from indicateurs.observatoire.lecture import fiches

from .conftest import MAINTENANT


@pytest.fixture
def signe(reprendre):
    """A dossier at a step, its contract signed or not."""

    def faire(statut: str = "dotation_active", *, contrat: str = "signe", **champs):
        dossier = reprendre(statut, **champs)
        if contrat:
            dates = {"signe_le": MAINTENANT, "date_effet": MAINTENANT.date()} if contrat != "propose" else {}
            with comme_portail():
                Contrat.objects.create(
                    dossier=dossier, type="amorcage", version=1, statut=contrat, montant=80_000, contenu={}, empreinte="0" * 64,
                    propose_le=MAINTENANT, jeu_national=dossier.jeu_national, **dates,
                )  # fmt: skip
        return dossier

    return faire


def lire(chemin: str):
    with horloge.figer(MAINTENANT):
        return Client().get(chemin)


def test_le_public_ne_connait_que_les_signataires_vivants(signe):
    signe(nom="ESS Signée")
    signe("lettre_validee", nom="ESS Sans contrat", contrat="")
    signe("lettre_validee", nom="ESS En signature", contrat="propose")
    signe("resilie", nom="ESS Résiliée", contrat="resilie")
    signe("dotation_active", nom="ESS Arrivée à son terme", bascule_le=MAINTENANT - timedelta(days=1))
    assert [f.nom for f in fiches(MAINTENANT)] == ["ESS Signée"]
    page = lire("/observatoire/").content.decode()
    assert "ESS Signée" in page
    for autre in ("Sans contrat", "En signature", "Résiliée", "Arrivée"):
        assert autre not in page


def test_les_filtres_comptent_ce_qu_ils_montrent(signe):
    signe(nom="ESS A", departements=["31", "32"])
    signe(nom="ESS B", departements=["32"], specialites=["SM15"], groupes=["dermatologie"])
    contexte = lire("/observatoire/").context
    assert [c["valeur"] for c in contexte["chiffres"]] == [2, 1, 2, 2]
    gers = next(z for z in contexte["cartes"][0][2]["zones"] if z["code"] == "32")
    assert (gers["niveau"], gers["bulle"]) == (2, "Gers (32)\u00a0: 2 équipes")
    seule = lire("/observatoire/?specialite=SM15").context
    assert [f.nom for f, _ in seule["fiches"]] == ["ESS B"]
    assert "Aucune équipe signataire" in lire("/observatoire/?region=53").content.decode()
    assert len(lire("/observatoire/?region=%27%3B--&specialite=<b>").context["fiches"]) == 2


def test_les_fichiers_repondent_a_leur_schema(signe):
    dossier = signe(nom="=CMD()", departements=["2A", "31"], specialites=["SM04", "SM15"])
    with comme_portail():
        Association.objects.create(
            dossier=dossier, type="loi_1901", nom="Association", rna="W313000001", representant="Dr A", finess="310000009", declaree_le=MAINTENANT,
        )  # fmt: skip
    reponse = lire("/observatoire/ess.csv")
    assert reponse["Cache-Control"] == "public, max-age=600"
    (rangee,) = csv.DictReader(io.StringIO(reponse.content.decode("utf-8-sig")), delimiter=";")
    assert rangee["nom"].endswith("=CMD()")
    assert not rangee["nom"].startswith("=")
    champs = lire("/observatoire/schema.json").json()["fields"]
    assert [c["name"] for c in champs] == list(rangee) == [nom for nom, *_ in donnees.CHAMPS]
    for champ in champs:
        valeur, contraintes = rangee[champ["name"]], champ["constraints"]
        assert valeur or not contraintes["required"], champ["name"]
        assert re.fullmatch(contraintes.get("pattern", ".*"), valeur), champ["name"]
    (fiche,) = lire("/observatoire/ess.json").json()
    assert (fiche["departements"], fiche["finess"]) == (["2A", "31"], "310000009")
    assert set(fiche) == {"nom", "specialites", "region", "departements", "finess"}
    page = lire("/observatoire/donnees/").content.decode()
    assert all(nom in page for nom, *_ in donnees.CHAMPS)


def test_un_nombre_constant_de_requetes(signe):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            lire("/observatoire/")
        return len(requetes)

    signe()
    compter()  # the shapes, once per process
    avant = compter()
    for _ in range(3):
        signe()
    assert compter() == avant

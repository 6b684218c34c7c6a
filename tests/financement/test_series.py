"""Series of contracts: each row done once with its own result, whoever dies meanwhile."""

from __future__ import annotations

import os
import re
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation, Rattachement
from ess_portal.documents.models import Document
from ess_portal.documents.rendu import Rendu
from ess_portal.documents.services import emission
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.models import Contrat, LigneSerie, Serie
from financement.services import series
from tests.financement.conftest import Distribution, creer_dossier_valide
from tests.outillage.preuves import Preuve
from tests.outillage.tueurs import au_travail, tuer

TYPES = ("serie", "document")


def dossiers(d: Distribution, nombre: int) -> list[str]:
    """Letters validated in as many territories, each by an équipe of its own."""
    equipes = Organisation.objects.bulk_create(
        Organisation(type="equipe", code=f"serie-{n}", nom=f"ESS {n}", region="76") for n in range(nombre)
    )
    with comme_portail():
        return [
            creer_dossier_valide(e, d.dossier.ars, d.dossier.caisse, str(5000 + n), "lettre_validee", groupes=[f"g{n}"]).numero
            for n, e in enumerate(equipes)
        ]  # fmt: skip


def lancer(d: Distribution, numeros: list[str], qui: str = "instructeur", **champs: Any) -> Serie:
    champs = {"genre": "amorcage", "cle": uuid.uuid4(), **champs}
    with contexte(d.acteurs[qui]):
        return series.lancer(dossiers=numeros, acteur=d.acteurs[qui], maintenant=d.maintenant, **champs)


def test_une_serie_de_la_page_au_resultat_de_chaque_ligne(distribution: Distribution, monkeypatch):
    d = distribution
    monkeypatch.setattr(emission, "rendre", lambda *_, **__: Rendu(b"%PDF-1.7", 1))
    autres = dossiers(d, 2)
    client = Client()
    client.force_login(d.utilisateurs["instructeur"])
    with horloge.figer(d.maintenant):
        page = client.get(reverse("serie_nouvelle", args=["amorcage"])).content.decode()
        assert all(n in page for n in (*autres, d.dossier.numero))
        cle = re.search(r'name="cle" value="([0-9a-f-]+)"', page)[1]
        envoi = {"cle": cle, "dossiers": [*autres, d.dossier.numero]}
        for faux in ({}, {"cle": cle}, {**envoi, "cle": "x"}, {**envoi, "dossiers": ["76-2099-0001"]}):
            assert client.post(reverse("serie_nouvelle", args=["amorcage"]), faux).status_code == 422
        # Somebody proposes one of them meanwhile: its row says so, and what he proposed stands.
        reponse = client.post(reverse("serie_nouvelle", args=["amorcage"]), envoi)
        d.fait("signataire", "proposer_contrat_amorcage")
        encore = client.post(reverse("serie_nouvelle", args=["amorcage"]), envoi)
        assert reponse["Location"] == encore["Location"]
        attente = client.get(reponse["Location"])
        assert "0 sur 3 terminés" in attente.content.decode()
        assert b'http-equiv="refresh"' in attente.content
        assert b'http-equiv="refresh"' not in client.get(reponse["Location"] + "?fixe").content
        relais.vider(types=("serie", "document"))
        relais.vider(types=("serie", "document"))
        fin = client.get(reponse["Location"]).content.decode()
    assert "Série terminée" in fin
    assert "déjà en signature" in fin
    assert "hx-trigger" not in fin
    with comme_portail():
        serie = Serie.objects.get()
        assert list(serie.lignes.order_by("rang").values_list("etat", flat=True)) == ["proposee", "proposee", "refusee"]
        assert Contrat.objects.filter(dossier=d.dossier).count() == 1
        assert (
            Contrat.objects.filter(
                dossier__numero__in=autres, statut="propose", propose_par=d.utilisateurs["instructeur"]
            ).count()
            == 2
        )
        # Delivered again, a row finds itself done.
        ligne = serie.lignes.order_by("rang").first()
        assert series.executer({"ligne": ligne.pk}, "encore") == "Proposé"
        assert Contrat.objects.filter(dossier__numero=autres[0]).count() == 1
    assert client.get(reverse("series")).status_code == 200
    etranger = Client()
    etranger.force_login(d.utilisateurs["etranger"])
    assert etranger.get(reponse["Location"]).status_code == 404

    with pytest.raises(Conflit, match="plus rien à proposer"):
        lancer(d, autres)
    with pytest.raises(Interdit):
        lancer(d, autres, qui="porteur")
    with pytest.raises(ErreurMetier) as leve:
        lancer(d, [], genre="avenant")
    assert leve.value.champs.keys() == {"dossiers", "objet_version", "date_effet"}


def test_le_droit_est_juge_quand_la_ligne_se_fait(distribution: Distribution):
    d = distribution
    serie = lancer(d, [d.dossier.numero])
    Rattachement.objects.filter(utilisateur=d.utilisateurs["instructeur"]).update(retire_le=d.maintenant)
    relais.vider(types=("serie",))
    with comme_portail():
        ligne = serie.lignes.get()
        assert (ligne.etat, ligne.motif) == (
            "refusee",
            "La personne qui a lancé la série n’appartient plus à l’organisation.",
        )
        assert not Contrat.objects.filter(dossier=d.dossier).exists()


def cadence(d: Distribution, numeros: list[str], processus: int) -> float:
    """Contracts a second, from the click to the last PDF."""
    lancer(d, numeros)
    debut = time.monotonic()
    for p in au_travail(processus, d.maintenant, TYPES):
        p.join()
    return len(numeros) / (time.monotonic() - debut)


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_une_serie_dont_on_tue_les_travailleurs(distribution: Distribution, preuve: Preuve, monkeypatch):
    """Workers killed at any point of their work: no contract lost, none doubled, one PDF each; two work faster than one."""
    d = distribution
    monkeypatch.setattr(relais, "BAIL", timedelta(seconds=preuve.taille(1, 5)))
    if not preuve.entiere:
        monkeypatch.setattr(emission, "rendre", lambda *_, **__: Rendu(b"%PDF-1.7", 1))
    nombre, morts = preuve.taille(40, 500), preuve.taille(3, 20)
    mesure = preuve.taille(0, 60)
    numeros = dossiers(d, nombre + 2 * mesure)
    lancer(d, numeros[:nombre])
    tues = tuer(morts, effets=2 * nombre, instant=d.maintenant, types=TYPES)
    un, deux = (
        (cadence(d, numeros[nombre + i * mesure : nombre + (i + 1) * mesure], i + 1) for i in (0, 1))
        if mesure
        else (1.0, 1.0)
    )
    with comme_portail():
        lignes = LigneSerie.objects.values("etat").annotate(n=Count("pk"))
        faits = {x["etat"]: x["n"] for x in lignes.order_by("etat")}
        par_dossier = Dossier.objects.filter(numero__in=numeros).annotate(
            n=Count("contrats", distinct=True), p=Count("documents", distinct=True)
        )
        justes = par_dossier.filter(n=1, p=1).count()
        produits = Document.objects.filter(dossier__numero__in=numeros, etat="produit").count()
        rebuts = Envoi.objects.filter(statut="rebut").count()
    total = nombre + 2 * mesure
    fautes = (total - faits.get("proposee", 0)) + (total - justes) + (total - produits) + rebuts + (morts - tues)
    preuve.noter(
        cas=total, fautes=fautes, plancher=40, tues=tues, perdus=total - justes, un_processus_par_s=round(un, 2),
        deux_processus_par_s=round(deux, 2), rapport=round(deux / un, 2), coeurs=os.cpu_count(), charge=round(os.getloadavg()[0], 1),
    )  # fmt: skip

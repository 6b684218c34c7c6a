"""Acts on many dossiers: looked at before, done once each, refused whole when one of them is a stranger's."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.documents.models import Document
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from indicateurs.groupees import gestes, service
from indicateurs.models import ActionGroupee, LigneGroupee
from tests.fabriques import client_de, make_dossier
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db
LIEUX = {"lettre_deposee": "31", "lettre_incomplete": "34", "projet_depose": "30"}


@pytest.fixture
def region():
    return Vies.mener(
        "des actions",
        lambda: {s: make_dossier(s, departement=c) for s, c in (*LIEUX.items(), ("lettre_validee", "35"))},
    )


@pytest.fixture
def d(region):
    d = region["lettre_deposee"].distribution
    with horloge.figer(d.maintenant):
        yield d


def siens(region) -> list[str]:
    return [region[s].numero for s in LIEUX]


def lancer(d, numeros, genre="relancer", qui="instructeur", **champs):
    with contexte(d.acteur(qui)):
        return service.lancer(
            genre=genre,
            dossiers=numeros,
            champs=champs,
            cle=uuid.uuid4(),
            acteur=d.acteur(qui),
            maintenant=d.maintenant,
        )


def resultats(action: ActionGroupee) -> list[tuple[str, str]]:
    relais.vider(types=("groupee",))
    with comme_portail():
        return list(LigneGroupee.objects.filter(action=action).order_by("rang").values_list("etat", "resultat"))


def test_de_la_liste_au_resultat_de_chaque_dossier(d, region):
    client, numeros = client_de(d.utilisateur("instructeur")), siens(region)
    assert "Agir sur plusieurs dossiers" in client.get("/dossiers/?onglet=tous").content.decode()
    choix = client.get(reverse("groupee_choisir"), {"onglet": "tous"}).content.decode()
    assert all(n in choix for n in numeros)
    assert region["lettre_validee"].numero not in choix
    qui = d.utilisateur("signataire").pk
    cle = re.search(r'name="cle" value="([0-9a-f-]+)"', choix)[1]
    envoi = {"cle": cle, "filtres": "onglet=tous", "genre": "suivre", "utilisateur": qui, "dossiers": numeros}
    adresse = reverse("groupee_lancer")
    etranger = region["lettre_validee"].numero
    for faux, mots in (
        ({"genre": ""}, "Choisissez ce qu’il faut faire"),
        ({"dossiers": []}, "Choisissez au moins un dossier"),
        ({"utilisateur": d.utilisateur("gestionnaire").pk}, "une personne de votre organisation"),
        ({"dossiers": [*numeros, etranger], "lancer": "1"}, f"{etranger}\u00a0: ce dossier n’existe pas"),
        ({"dossiers": [*numeros, "76-2099-0001"], "lancer": "1"}, "76-2099-0001\u00a0: ce dossier n’existe pas"),
        ({"dossiers": [*numeros, etranger], "genre": "exporter"}, "n’existe pas"),
        ({"cle": "x", "lancer": "1"}, "Rechargez la page"),
    ):
        reponse = client.post(adresse, envoi | faux)
        assert reponse.status_code == 422, faux
        assert mots in reponse.content.decode(), faux
    with comme_portail():
        assert not ActionGroupee.objects.exists()
    vue = client.post(adresse, envoi).content.decode()
    assert "3 dossiers seront traités" in vue
    reponse = client.post(adresse, envoi | {"lancer": "1"})
    assert client.post(adresse, envoi | {"lancer": "1"})["Location"] == reponse["Location"], "deux clics, une action"
    assert "0 sur 3 terminés" in client.get(reponse["Location"]).content.decode()
    with comme_portail():
        action = ActionGroupee.objects.get()
    assert {e for e, _ in resultats(action)} == {"faite"}
    with comme_portail():
        assert set(Dossier.objects.filter(numero__in=numeros).values_list("suivi_par", flat=True)) == {qui}
        ligne = action.lignes.first()
        assert service.executer({"ligne": ligne.pk}, "encore") == "Fait"
        assert Evenement.objects.filter(type="suivre", dossier=ligne.dossier_id).count() == 1
    assert "Action terminée" in client.get(reponse["Location"]).content.decode()
    assert "0 dossier sera traité" in client.post(adresse, envoi).content.decode()
    assert client_de(d.utilisateur("gestionnaire")).get(reponse["Location"]).status_code == 404
    assert client_de(d.utilisateur("national")).get(reverse("groupee_choisir")).status_code == 403
    # The chosen ones only, in a file.
    suite = client.post(adresse, envoi | {"genre": "exporter", "dossiers": numeros[:2]})
    assert client.get(suite["Location"]).status_code == 200
    assert numeros[1] in suite["Location"]


def test_relancer_celui_qui_doit_agir_une_fois_par_jour(d, region):
    numeros = siens(region)
    avant = Envoi.objects.count()
    premiers = resultats(lancer(d, numeros))
    par_dossier = dict(zip(numeros, premiers, strict=True))
    assert par_dossier[region["lettre_deposee"].numero][0] == "refusee"
    assert "C’est à votre organisation d’agir" in par_dossier[region["lettre_deposee"].numero][1]
    etat, mots = par_dossier[region["lettre_incomplete"].numero]
    assert (etat, mots.partition("\u00a0:")[0]) == ("faite", "Équipe")
    with comme_portail():
        envoi = Envoi.objects.filter(type="courriel", charge__gabarit="rappel").get()
        assert envoi.charge["organisation"] == region["lettre_incomplete"].equipe_id
        assert Envoi.objects.count() > avant
    encore = dict(zip(numeros, resultats(lancer(d, numeros)), strict=True))
    assert encore[region["lettre_incomplete"].numero] == ("refusee", "Déjà relancé aujourd’hui pour la même date.")
    d.maintenant += timedelta(days=1)
    with horloge.figer(d.maintenant):
        assert (
            dict(zip(numeros, resultats(lancer(d, numeros)), strict=True))[region["lettre_incomplete"].numero][0]
            == "faite"
        )


def test_les_attestations_de_ce_que_le_silence_a_decide(d, region, monkeypatch):
    numeros = siens(region)
    d.maintenant += timedelta(days=70)
    with horloge.figer(d.maintenant):
        lus = dict(zip(numeros, resultats(lancer(d, numeros, "attester")), strict=True))
    assert lus[region["lettre_deposee"].numero][0] == "faite"
    assert lus[region["lettre_incomplete"].numero] == (
        "refusee",
        "Aucune décision n’est née du silence sur ce dossier.",
    )
    with comme_portail():
        assert Document.objects.filter(dossier__numero=numeros[0], type="attestation_tacite").count() == 1


def test_le_droit_est_relu_a_chaque_ligne_et_la_prevision_ne_coute_pas_plus_pour_plus_de_dossiers(d, region):
    numeros, acteur = siens(region), d.acteur("instructeur")
    with contexte(acteur):
        dossiers = list(gestes.siens(acteur, d.maintenant).order_by("numero"))
        for genre, donnees in (("suivre", {"utilisateur": acteur.utilisateur_id}), ("relancer", {}), ("attester", {})):
            nombres = []
            for lus in (dossiers[:1], dossiers):
                with CaptureQueriesContext(connection) as requetes:
                    service.prevoir(genre, donnees, lus, acteur, d.maintenant)
                nombres.append(len(requetes))
            assert nombres[0] == nombres[1], genre
    action = lancer(d, numeros)
    with comme_portail():
        Dossier.objects.filter(numero=region["lettre_incomplete"].numero).update(ars=region["lettre_validee"].ars_id)
    assert dict(zip(numeros, resultats(action), strict=True))[region["lettre_incomplete"].numero][1] == (
        "Ce dossier ne relève plus de votre organisation."
    )
    action = lancer(d, numeros[:1])
    Rattachement.objects.filter(utilisateur=d.utilisateur("instructeur")).update(retire_le=d.maintenant)
    assert resultats(action)[0][1].startswith("La personne qui a lancé l’action")


def test_ce_qui_n_a_pas_ete_fait_se_reprend_sans_refaire_le_reste(d, region):
    numeros = siens(region)
    action = lancer(d, numeros)
    adresse = reverse("groupee", args=[action.pk])
    premiers = dict(zip(numeros, resultats(action), strict=True))
    manques = [n for n, (etat, _) in premiers.items() if etat == "refusee"]
    assert 0 < len(manques) < len(numeros)
    client = client_de(d.utilisateur("signataire"))
    assert "non fait" in client.get(adresse).content.decode().partition("<form method")[2]
    assert client_de(d.utilisateur("gestionnaire")).post(adresse).status_code == 404
    assert client.post(adresse).status_code == 302
    assert client.post(adresse).status_code == 409, "deux clics, une reprise"
    assert dict(zip(numeros, resultats(action), strict=True)) == premiers
    with comme_portail():
        lignes = {x.dossier.numero: x.essai for x in action.lignes.select_related("dossier")}
        assert lignes == {n: 2 if n in manques else 1 for n in numeros}
        assert set(Evenement.objects.get(type="groupee_reprise").donnees["dossiers"]) == set(manques)
        assert Envoi.objects.filter(type="courriel", charge__gabarit="rappel").count() == len(numeros) - len(manques)

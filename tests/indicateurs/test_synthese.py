"""The synthesis of a campaign: its figures recounted, one document whoever asks, frozen, secret for the nation, read by its perimeter alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.documents import selectors
from ess_portal.documents.models import Document
from ess_portal.documents.services import emission
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable
from indicateurs.evaluation.retours import retours
from indicateurs.models import Campagne, Rapport
from indicateurs.pilotage.echeances import Filtres
from indicateurs.services import demander_synthese
from tests.fabriques import client_de

from .conftest import JOUR, MAINTENANT, personne
from .test_evaluation import deposer


def demander(acteur, campagne: int = 2026, maintenant=MAINTENANT) -> Document:
    with contexte(acteur):
        return demander_synthese(campagne=campagne, acteur=acteur, maintenant=maintenant)


def dits(lignes) -> dict[str, str]:
    return {x["titre"]: x["valeurs"][0] for x in lignes}


@pytest.fixture
def annee_due(echeance):
    """The anniversary that ends a contract year, `jours` from today."""

    def faire(dossier, jours: int = -28, rang: int = 1, **champs) -> Echeance:
        return echeance(
            dossier, "DL-7", jours, "dotation", rang=rang, statut="echue" if jours < 0 else "ouverte", **champs
        )

    return faire


@pytest.fixture
def campagne(reprendre, annee_due):
    """Six expected reports: validated, filed late, sent back, put off, late, not due yet; and one of another year."""
    dossiers = {nom: reprendre("dotation_active", nom=nom) for nom in "abcdefg"}
    for nom, d in dossiers.items():
        if nom not in "fg":
            annee_due(d)
    annee_due(dossiers["f"], 100)
    annee_due(dossiers["g"], -28 - 365)
    fin = JOUR - timedelta(days=29)
    for nom, statut, remis in (("a", "valide", -28), ("b", "depose", -10), ("c", "a_corriger", -28)):
        deposer(dossiers[nom], statut=statut)
        with comme_portail():
            Rapport.objects.filter(dossier=dossiers[nom]).update(
                debut=fin - timedelta(days=364), fin=fin, depose_le=datetime.combine(JOUR + timedelta(days=remis), datetime.min.time(), UTC),
                objectifs={"internes": "Deux internes."} if nom == "a" else {}, qualitatifs=[{"libelle": "x", "resultat": "y"}],
            )  # fmt: skip
    with comme_portail():
        Campagne.objects.create(
            dossier=dossiers["d"], annee=1, due_le=JOUR - timedelta(days=28), ouverte_le=MAINTENANT, prorogee_au=JOUR,
            prorogee_le=MAINTENANT, motif="Départ du coordonnateur.",
        )  # fmt: skip
    return dossiers


def test_chaque_rapport_attendu_a_son_etat(campagne, instructeur):
    with contexte(instructeur[1]):
        lus = {r.nom: (r.etat, r.est_tardif) for r in retours(instructeur[1], Filtres(), 2026, MAINTENANT)}
    assert lus == {
        "a": ("valide", False), "b": ("depose", True), "c": ("a_corriger", False), "d": ("pas_du", False), "e": ("en_retard", False), "f": ("pas_du", False),
    }  # fmt: skip


def test_la_region_lit_ses_chiffres_figes(campagne, instructeur, administrateur):
    document = demander(instructeur[1])
    d = document.donnees
    assert dits(d["retours"]) == {
        "Rapports attendus": "6", "Déposés ou validés": "2", "Dont validés": "1", "Renvoyés à l’équipe, à corriger": "1",
        "Remis après la date": "1", "Non remis, date passée": "1", "Pas encore dus": "2",
    }  # fmt: skip
    assert [b["valeur"] for b in d["dessin_retours"][0]["barres"]] == ["1", "1", "1", "1", "2"]
    assert [x["titre"] for x in d["detail"][0]["lignes"]] == ["a", "b (pas encore validé)"]
    assert d["par_campagne"]["lignes"][2]["valeurs"] == ["600 (2)"]
    qualitatifs = dits(d["qualitatifs"])
    assert qualitatifs["Au moins un indicateur qualitatif avec son résultat"] == "2 sur 2"
    assert sorted(qualitatifs.values()).count("1 sur 2") == 1
    # The regional administrator asks for the same figures: the same document, then the next version once one has changed.
    assert demander(administrateur[1], maintenant=MAINTENANT + timedelta(hours=3)).pk == document.pk
    with comme_portail():
        Rapport.objects.filter(dossier=campagne["a"]).update(i2=301)
    suite = demander(administrateur[1])
    assert (suite.version, suite.remplace_id) == (2, document.pk)
    assert demander(instructeur[1]).pk == suite.pk


def test_elle_est_imprimee_scellee_et_verifiable(campagne, instructeur):
    document = demander(instructeur[1])
    assert emission.produire(document.pk) == Document.Etat.PRODUIT
    with comme_portail():
        document = Document.objects.get(pk=document.pk)
    verifie = selectors.verification(document.code_verification)
    assert (verifie.empreinte, verifie.emetteur, verifie.dossier_numero) == (
        document.empreinte,
        instructeur[1].organisation_nom,
        "",
    )
    client = client_de(instructeur[0])
    with horloge.figer(MAINTENANT):
        reponse = client.get(f"/documents/{document.pk}/")
        assert reponse["Content-Type"] == "application/pdf"
        assert document.titre in client.get("/pilotage/evaluation/").text
        assert "Établi pour" in client.get(f"/verifier/{document.code_verification}/").text
    with pytest.raises(DatabaseError), transaction.atomic(), comme_portail():
        Document.objects.filter(pk=document.pk).update(
            organisation_id=Organisation.objects.get(type="ars", region="53").pk
        )


def test_elle_n_est_a_personne_d_autre(campagne, instructeur, porteur, national, autre_ars):
    document = demander(instructeur[1])
    with pytest.raises(Interdit):
        demander(porteur[1])
    for acteur in (porteur[1], national[1], personne(autre_ars, "ars_instructeur")[1]):
        with contexte(acteur), pytest.raises(Introuvable):
            selectors.lire_document(document.pk, acteur)
    voisin = personne(autre_ars, "ars_instructeur")[1]
    with contexte(voisin):
        assert not Document.objects.filter(pk=document.pk).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Document.objects.create(
                organisation=autre_ars,
                cle="x",
                type=document.type,
                titre="x",
                donnees={},
                gabarit="x",
                cree_le=MAINTENANT,
            )
    with pytest.raises(ErreurMetier, match="Aucun rapport n’est attendu"):
        demander(instructeur[1], 2031)
    client = client_de(instructeur[0])
    assert client.post("/pilotage/evaluation/2031/synthese/").url == "/pilotage/evaluation/"


def test_la_nation_ne_lit_pas_les_petits_nombres(reprendre, annee_due, national, autre_ars):
    """Six filed here; three late here and five there: the three are hidden, and what would give them back."""
    bretonne = {
        "ars": autre_ars,
        "caisse": Organisation.objects.filter(type="caisse", departement="35").first(),
        "region": "53",
    }
    for n in range(9):
        d = reprendre("dotation_active", nom=f"Secrète {n}")
        annee_due(d)
        if n < 6:
            deposer(d, an=2026)
    for _ in range(5):
        annee_due(reprendre("dotation_active", **bretonne))
    document = demander(national[1])
    d = document.donnees
    assert "Secrète" not in str(d)
    non_remis = {x["titre"]: x["valeurs"] for x in d["detail"][1]["lignes"]}
    assert non_remis["Occitanie"][1] == "masqué"
    assert non_remis["Bretagne"][1] == "masqué" or non_remis["Toutes les régions"][1] == "masqué"
    retours_dits = dits(d["retours"])
    assert retours_dits["Déposés ou validés"] == "6"
    assert "3" not in retours_dits.values()
    assert set(dits(d["qualitatifs"]).values()) <= {"masqué", "0 sur 6", "6 sur 6"}


def test_un_nombre_constant_de_requetes(campagne, reprendre, annee_due, instructeur):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes, transaction.atomic():
            demander(instructeur[1])
            transaction.set_rollback(True)
        return len(requetes)

    compter()
    avant = compter()
    for _ in range(4):
        d = reprendre("dotation_active")
        annee_due(d)
        deposer(d, an=2026)
    assert compter() == avant


@pytest.mark.django_db(transaction=True)
def test_deux_demandes_a_la_fois_n_en_font_qu_une(campagne, instructeur, administrateur):
    depart = Barrier(6)

    def demande(rang: int):
        try:
            depart.wait()
            return demander((instructeur, administrateur)[rang % 2][1]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as fils:
        assert len(set(fils.map(demande, range(6)))) == 1
    with comme_portail():
        assert Document.objects.filter(type="synthese_campagne").count() == 1

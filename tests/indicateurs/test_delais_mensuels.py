"""The monthly delays: a perimeter's histograms put together and read again one by one, gaps left, a nation's few équipes not told."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from indicateurs.delais_mensuels import derniers_mois, page
from indicateurs.models import Compteur
from indicateurs.pilotage.echeances import Filtres
from tests.fabriques import client_de

from .conftest import JOUR, MAINTENANT

MARS, AVRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def mesurer():
    def faire(dossier, mois: date, effectifs: dict[int, int], code: str = "delai_rdv", **champs) -> None:
        with comme_portail():
            Compteur.objects.create(
                dossier=dossier, mois=mois, indicateur=code, effectifs=effectifs, source="saisie", enregistre_le=MAINTENANT, **champs
            )  # fmt: skip

    return faire


def lire(acteur, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), MAINTENANT)


def test_douze_mois_dans_l_ordre():
    mois = derniers_mois(JOUR)
    assert (len(mois), mois[0], mois[-1]) == (12, date(2025, 5, 1), AVRIL)
    assert derniers_mois(date(2026, 1, 31))[-2:] == [date(2025, 12, 1), date(2026, 1, 1)]


def test_les_mois_d_un_perimetre_mesure_par_mesure(reprendre, mesurer, instructeur, autre_ars):
    """The middle of everybody, not the middle of the middles; a version replaced, a neighbour's and an older month count for nothing."""
    vus = {0: {3: 5, 10: 1}, 1: {40: 2, 8: 1}}
    dossiers = [reprendre("dotation_active", nom=f"ESS {n}") for n in vus]
    for n, d in enumerate(dossiers):
        mesurer(d, MARS, vus[n])
    mesurer(dossiers[0], MARS, {99: 50}, version=2, est_courant=False)
    mesurer(dossiers[0], date(2025, 4, 1), {99: 50})
    mesurer(reprendre("dotation_active", ars=autre_ars, region="53"), MARS, {99: 50})
    p = lire(instructeur[1])
    (figure,) = p["delais_mensuels"]
    rangs = {r.libelle: r for r in figure["dessin"].rangs}
    tous = sorted(j for e in vus.values() for j, n in e.items() for _ in range(n))
    attendu = (tous[-(-len(tous) // 2) - 1], tous[-(-len(tous) * 9 // 10) - 1])
    assert rangs["03/26"].valeurs == attendu == (3, 40)
    assert rangs["03/26"].mots == ("3 jours", "40 jours")
    assert (rangs["04/26"].valeurs, rangs["04/26"].mots) == ((None, None), ("–", "–"))
    assert [mot for _, mot in figure["dessin"].reperes] == ["06/25", "08/25", "10/25", "12/25", "02/26", "04/26"]
    assert [x["nom"] for x in p["delais_equipes"]] == ["ESS 0", "ESS 1"]
    assert [mot for _, mot in p["delais_equipes"][1]["cellules"]] == [
        "40 jours",
        "40 jours",
        "3",
        "–",
        "–",
        "–",
    ]
    assert lire(instructeur[1], groupe="neurologie")["delais_mensuels"] == []
    client = client_de(instructeur[0])
    with horloge.figer(MAINTENANT):
        assert "Délais mesurés, équipe par équipe" in client.get("/pilotage/evaluation/").text
        assert client.get(p["delais_equipes"][0]["url"]).status_code == 200


def test_l_equipe_lit_les_siens(reprendre, mesurer, porteur):
    dossier = reprendre("dotation_active")
    mesurer(dossier, AVRIL, {2: 3}, "delai_tlx")
    with horloge.figer(MAINTENANT):
        contenu = client_de(porteur[0]).get(f"/dossiers/{dossier.numero}/compteurs/").text
    assert "Délai de réponse d’une téléexpertise" in contenu


def test_la_nation_ne_lit_un_mois_qu_a_partir_de_cinq_equipes(reprendre, mesurer, national):
    for n in range(5):
        d = reprendre("dotation_active")
        mesurer(d, MARS, {7: 1})
        if n:
            mesurer(d, AVRIL, {7: 1})
    p = lire(national[1])
    rangs = {r.libelle: r for r in p["delais_mensuels"][0]["dessin"].rangs}
    assert (rangs["03/26"].valeurs, rangs["04/26"].mots) == ((7, 7), ("masqué", "masqué"))
    assert p["delais_equipes"] == []


def test_un_nombre_constant_de_requetes(reprendre, mesurer, instructeur):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            lire(instructeur[1])
        return len(requetes)

    mesurer(reprendre("dotation_active"), MARS, {3: 1})
    lire(instructeur[1])
    avant = compter()
    for _ in range(4):
        mesurer(reprendre("dotation_active"), AVRIL, {3: 1})
    assert compter() == avant

"""The list counts what it shows, for each reader and at each instant, with the thresholds in force and within its queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier, Lecteur
from dossiers.onglets import NOMS, Filtres
from dossiers.selectors import comptes, liste
from dossiers.services.passage import regler_dues
from dossiers.seuils import seuils_de
from dossiers.views.liste import TRIS
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.models import Departement, JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle import horloge
from indicateurs.pilotage.echeances import Filtres as FiltresPilotage
from indicateurs.pilotage.echeances import venues
from tests.fabriques import client_de, make_acteur, make_dossier
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db
REQUETES = 12
STATUTS = {
    "lettre_deposee": "31",
    "lettre_incomplete": "34",
    "projet_depose": "30",
    "projet_valide": "81",
    "lettre_refusee": "66",
}


@pytest.fixture
def region():
    return Vies.mener("une région", lambda: {s: make_dossier(s, departement=code) for s, code in STATUTS.items()})


def test_each_tab_counts_its_rows_for_each_reader(region):
    d = region["lettre_deposee"].distribution
    for jours, qui in product((1, 50, 200), ("instructeur", "gestionnaire", "regional", "national")):
        maintenant = d.maintenant + timedelta(days=jours)
        acteur = d.acteur(qui)
        with contexte(acteur):
            seuils = seuils_de(acteur, maintenant)
            for onglet in NOMS:
                for suite in ({}, {"departement": "31"}, {"specialite": "SM04"}, {"recherche": "essai 31"}, {"statut": "lettre_validee"}):  # fmt: skip
                    f = Filtres(onglet=onglet, **suite)
                    lus = comptes(acteur, f, seuils)
                    page = liste(acteur, f, seuils, lus)
                    assert len(page["dossiers"]) == lus["resultat"], (jours, qui, onglet, suite)
                    assert suite or lus["resultat"] == lus[onglet]
                    if onglet == "tous" and "statut" in suite:
                        assert {x.statut_effectif for x in page["dossiers"]} <= {"lettre_validee"}


def test_a_silence_that_passed_waits_for_the_equipe_before_the_scan_wrote_it(region):
    """CAL-9: out of « à traiter », in « en attente », found by its state of law."""
    d = region["lettre_deposee"].distribution
    acteur, maintenant = d.acteur("instructeur"), d.maintenant + timedelta(days=70)
    with contexte(acteur):
        seuils = seuils_de(acteur, maintenant)
        par_onglet = {
            o: {x.numero for x in liste(acteur, Filtres(onglet=o), seuils)["dossiers"]}
            for o in ("a_traiter", "en_attente")
        }
    assert d.relire().statut == "lettre_deposee"
    assert d.numero in par_onglet["en_attente"] - par_onglet["a_traiter"]


def test_the_list_and_the_dashboard_count_the_same_near_silences_with_the_thresholds_of_the_day(region):
    d = region["lettre_deposee"].distribution
    acteur, maintenant = d.acteur("instructeur"), d.maintenant + timedelta(days=20)

    def proches() -> tuple[int, int]:
        with contexte(acteur):
            seuils = seuils_de(acteur, maintenant)
            lus = comptes(acteur, Filtres(), seuils)["tacites"]
            return lus, venues(acteur, FiltresPilotage(), seuils.maintenant, seuils.fin_proche).compter(seuils)[
                "tacites_imminents"
            ]

    assert proches() == (0, 0)
    JeuParametres.objects.create(
        valide_du=date(2026, 3, 1),
        valeurs=Parametres().valeurs() | {"seuil_tacite_imminent": "2 mois"},
        source="Essai",
        cree_le=maintenant,
    )
    lettres, projets = proches()
    assert lettres == projets > 0


def test_readers_are_pairs_that_follow_the_dossier(region):
    dossier = region["lettre_deposee"]
    voisin = make_acteur("ars_instructeur", departement="35")
    f = Filtres(onglet="tous")

    def lus() -> list[str]:
        with contexte(voisin):
            seuils = seuils_de(voisin, dossier.distribution.maintenant)
            compte = comptes(voisin, f, seuils)
            page = liste(voisin, f, seuils, compte)["dossiers"]
            assert compte["tous"] == compte["ailleurs"] == len(page)
            return [d.numero for d in page]

    assert lus() == []
    for lecteurs, attendus in (([voisin.organisation_id], [dossier.numero]), ([], [])):
        with comme_portail():
            Dossier.objects.filter(pk=dossier.pk).update(lecteurs=lecteurs)
            paires = Lecteur.objects.filter(dossier=dossier).values_list("organisation_id", flat=True)
            assert list(paires) == lecteurs
        assert lus() == attendus


def test_each_tab_and_each_order_stays_within_its_queries(region):
    d = region["lettre_deposee"].distribution
    client = client_de(d.utilisateur("instructeur"))
    with horloge.figer(d.maintenant + timedelta(days=50)):
        client.get("/dossiers/")
        adresses = [f"onglet={o}" for o in NOMS] + [f"onglet=tous&tri={t}" for t, _ in TRIS]
        for suite in (*adresses, "onglet=tous&recherche=essai&departement=31&statut=lettre_deposee"):
            with CaptureQueriesContext(connection) as requetes:
                assert client.get(f"/dossiers/?{suite}").status_code == 200
            assert len(requetes) <= REQUETES, (suite, len(requetes))


def test_the_order_of_a_tab_is_said_and_is_the_one_of_its_dates(region):
    """« Tous »: the dates that the rows show, then those that have none."""
    d = region["lettre_deposee"].distribution
    with comme_portail():  # the caisse's avis is due first, and is not the date of the row
        Dossier.objects.filter(numero=d.numero).update(prochaine_le=d.maintenant + timedelta(days=1))
    for qui, onglet in (("instructeur", "tous"), ("regional", "tous"), ("instructeur", "en_attente")):
        with horloge.figer(d.maintenant):
            page = client_de(d.utilisateur(qui)).get(f"/dossiers/?onglet={onglet}&tri=n-importe")
        lus = page.context["dossiers"]
        jours = [x.echeance.dernier_jour if x.echeance else date.max for x in lus]
        assert jours == sorted(jours), (qui, onglet)
        retards = ", les retards d’abord" if onglet == "tous" else ""
        assert f"{len(lus)} dossiers, par échéance{retards}<" in page.content.decode()
    # A projet that did not come is first, although other dates come before the next one of its dossier.
    d.avancer(days=300)
    regler_dues(au=d.maintenant)
    with horloge.figer(d.maintenant):
        lus = client_de(d.utilisateur("instructeur")).get("/dossiers/?onglet=tous").context["dossiers"]
    premier, *autres = lus
    assert (premier.numero, [x.est_tardif for x in lus]) == (d.numero, [True, *[False] * len(autres)])
    assert min(x.prochaine_le for x in autres if x.prochaine_le) < premier.prochaine_le


def test_pages_follow_each_other_in_every_order_within_the_keys_that_the_count_brings_back_and_beyond(
    region, monkeypatch
):
    d = region["lettre_deposee"].distribution
    monkeypatch.setattr("dossiers.selectors.PAR_PAGE", 2)
    # Two are another ARS's by now; this one goes on reading them.
    voisine = make_acteur("ars_instructeur", departement="35").organisation_id
    with comme_portail():
        cedes = [region["projet_depose"].pk, region["projet_valide"].pk]
        Dossier.objects.filter(pk__in=cedes).update(ars=voisine, lecteurs=[d.acteur("instructeur").organisation_id])
    filtres = ({}, {"departement": tuple(STATUTS.values())})
    for qui, trouves, suite in product(("instructeur", "regional"), (1, 2, 3), filtres):
        monkeypatch.setattr("dossiers.comptage.TROUVES", trouves)
        acteur = d.acteur(qui)
        with contexte(acteur):
            seuils = seuils_de(acteur, d.maintenant + timedelta(days=3))
            for onglet, (tri, _) in (*product(("tous",), TRIS), ("a_traiter", TRIS[0]), ("traites", TRIS[0])):
                f = Filtres(onglet=onglet, tri=tri, **suite)
                lus = comptes(acteur, f, seuils)
                assert onglet != "tous" or (lus["resultat"], lus["ailleurs"]) == (len(STATUTS), len(cedes))
                suivies = [x.pk for n in (1, 2, 3) for x in liste(acteur, replace(f, page=n), seuils, lus)["dossiers"]]
                suivies = list(dict.fromkeys(suivies))  # a page beyond the last is the last
                assert len(suivies) == lus["resultat"] > 0, (qui, trouves, suite, onglet, tri)
                with monkeypatch.context() as entier:
                    entier.setattr("dossiers.selectors.PAR_PAGE", 50)
                    sans_cles = {nom: lu for nom, lu in lus.items() if not nom.startswith("trouves_")}
                    entieres = [x.pk for x in liste(acteur, f, seuils, sans_cles)["dossiers"]]
                    assert suivies == entieres, (qui, trouves, suite, onglet, tri)


def test_what_a_person_wrote_is_text(region):
    d = region["lettre_deposee"].distribution
    with comme_portail():
        Dossier.objects.filter(numero=d.numero).update(nom="<script>alert('x')</script> & fils")
    with horloge.figer(d.maintenant + timedelta(days=1)):
        texte = client_de(d.utilisateur("instructeur")).get("/dossiers/?onglet=tous").content.decode()
    assert "<script>alert" not in texte
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; fils" in texte


def test_the_legend_says_the_thresholds_in_force(region):
    d = region["lettre_deposee"].distribution
    JeuParametres.objects.create(
        valide_du=date(2026, 3, 1),
        valeurs=Parametres().valeurs() | {"seuil_tacite_rouge": "5 jours", "seuil_tacite_imminent": "20 jours"},
        source="Essai",
        cree_le=d.maintenant,
    )
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur("instructeur")).get("/dossiers/").content.decode()
    for mots in ("dépassée ou moins de 5 jours", "5 à 20 jours", "plus de 20 jours", "silence arrêté par la caisse"):
        assert mots in page
    assert "7 à 15 jours" not in page


def test_the_longest_row_fits_in_the_indexes_that_carry_it(region):
    """An entry of an index is 2.7 KB at most: nothing that forms accept may go beyond, nor what everybody reading would write."""
    dossier = region["lettre_deposee"]
    with comme_portail():
        tous = list(Departement.objects.values_list("code", flat=True))
        lecteurs = list(Organisation.objects.exclude(type="equipe").values_list("pk", flat=True))
        assert len(tous) > 100
        assert len(lecteurs) > 100
        nom = "𝄞" * Dossier._meta.get_field("nom").max_length  # four bytes each
        Dossier.objects.filter(pk=dossier.pk).update(nom=nom, departements=tous, lecteurs=lecteurs)
        assert Dossier.objects.get(pk=dossier.pk).nom == nom

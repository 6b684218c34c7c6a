"""What a person asks of the list: several values of a filter, columns, orders, views kept and shared; what means nothing is said."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.colonnes import COLONNES
from dossiers.models import Association, Dossier, LettreIntention, VueListe
from dossiers.ordre import TRIS
from dossiers.services.recherche import indexer
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.socle import horloge
from tests.dossiers.test_liste import REQUETES
from tests.fabriques import client_de, make_acteur, make_dossier, rattachement_de
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db
LIEUX = {"lettre_deposee": "31", "projet_depose": "30", "lettre_refusee": "66"}


@pytest.fixture
def region():
    return Vies.mener("des vues", lambda: {s: make_dossier(s, departement=code) for s, code in LIEUX.items()})


@pytest.fixture
def d(region):
    d = region["lettre_deposee"].distribution
    with horloge.figer(d.maintenant):
        yield d


@pytest.fixture
def client(d):
    return client_de(d.utilisateur("instructeur"))


def numeros(client, requete: str) -> list[str]:
    reponse = client.get(f"/dossiers/?{requete}")
    assert reponse.status_code == 200
    assert len(reponse.context["dossiers"]) == reponse.context["page"].paginator.count
    return [x.numero for x in reponse.context["dossiers"]]


def test_plusieurs_valeurs_d_un_filtre(client, d, region):
    un, deux, trois = (region[s].numero for s in LIEUX)
    instructeur = d.utilisateur("instructeur").pk
    with comme_portail():
        Dossier.objects.filter(numero=un).update(suivi_par=instructeur)
    jour = d.maintenant.date().isoformat()
    cas = {
        "statut=lettre_deposee&statut=lettre_refusee": {un, trois},
        "departement=31&departement=30": {un, deux},
        "specialite=SM04": {un, deux, trois},
        f"suivi_par={instructeur}": {un},
        "suivi_par=personne": {deux, trois},
        f"suivi_par={instructeur}&suivi_par=personne": {un, deux, trois},
        f"depose_du={jour}": set(),
        f"depose_au={jour}": {un, deux, trois},
        "statut=projet_depose&departement=31": set(),
    }
    for requete, attendus in cas.items():
        lus = set(numeros(client, f"onglet=tous&{requete}"))
        if requete.startswith("depose_du"):
            assert lus <= {un, deux, trois}
        else:
            assert lus == attendus, requete
    page = client.get(
        "/dossiers/?onglet=tous&statut=lettre_deposee&statut=lettre_refusee&departement=31"
    ).content.decode()
    for mots in ("Lettre d’intention déposée", "Lettre d’intention refusée", "Haute-Garonne (31)"):
        assert mots in page
    # Each chip takes its own value off and leaves the others; the search keeps them.
    assert 'href="/dossiers/?onglet=tous&amp;statut=lettre_refusee&amp;departement=31"' in page
    assert page.count('type="hidden" name="statut"') == 2


def test_un_filtre_insense_est_dit_et_rien_d_autre_ne_change(client, region):
    tous = numeros(client, "onglet=tous")
    for requete, mots in (
        ("statut=envole", "ne connaît pas «\u00a0envole\u00a0»"),
        ("departement=999", "«\u00a0999\u00a0»"),
        ("depose_du=hier", "Lettre déposée depuis le"),
        ("suivi_par=moi", "Suivi par"),
        ("specialite=%3Cscript%3E", "Spécialité"),
        ("vue=999999", "Cette vue n’existe pas"),
        ("vue=x", "Cette vue n’existe pas"),
    ):
        page = client.get(f"/dossiers/?onglet=tous&{requete}")
        assert mots in page.content.decode(), requete
        assert b"<script>" not in page.content.replace(b"<script nonce", b"")
        if "vue" not in requete:
            assert [x.numero for x in page.context["dossiers"]] == tous


def test_chaque_ordre_et_chaque_colonne_tiennent_dans_les_requetes(client, d, region):
    client.post(reverse("affichage_colonnes"), {"colonnes": list(COLONNES), "filtres": ""})
    page = client.get("/dossiers/?onglet=tous").content.decode()
    for c in COLONNES.values():
        assert f">{c.titre}<" in page
    assert "Haute-Garonne (31)" in page
    for qui in ("instructeur", "gestionnaire", "national"):
        autre = client_de(d.utilisateur(qui))
        autre.get("/dossiers/")  # the first page of a process reads the names that it keeps
        for tri in TRIS if qui == "instructeur" else ("-echeance", "etape", "suivi"):
            with CaptureQueriesContext(connection) as requetes:
                reponse = autre.get(f"/dossiers/?onglet=tous&tri={tri}")
            assert len(requetes) <= REQUETES, (qui, tri)
            assert len(reponse.context["dossiers"]) == (1 if qui == "gestionnaire" else 3), (qui, tri)
            inverse = tri[1:] if tri.startswith("-") else f"-{tri}"
            assert inverse in TRIS
    etapes = [x.statut_effectif for x in client.get("/dossiers/?onglet=tous&tri=-etape").context["dossiers"]]
    assert etapes == ["projet_depose", "lettre_refusee", "lettre_deposee"]
    assert '<option value="-etape" selected>' in client.get("/dossiers/?onglet=tous&tri=-etape").content.decode()
    assert 'aria-sort="descending"' in client.get("/dossiers/?onglet=tous&tri=-etape").content.decode()
    noms = [x.departements for x in client.get("/dossiers/?onglet=tous&tri=departements").context["dossiers"]]
    assert noms == sorted(noms)
    # An unknown column changes nothing.
    refus = client.post(reverse("affichage_colonnes"), {"colonnes": ["etape", "secret"], "filtres": ""})
    assert refus.status_code == 422
    assert "n’existe pas dans cette liste" in refus.content.decode()
    assert set(rattachement_de(d.utilisateur("instructeur")).listes["dossiers"]["colonnes"]) == set(COLONNES)
    client.post(reverse("affichage_colonnes"), {"habituelles": "1"})
    assert ">Régime<" not in client.get("/dossiers/?onglet=tous").content.decode()


def test_une_vue_se_garde_se_partage_et_s_ouvre(client, d, region):
    page = client.get(reverse("affichage"), {"onglet": "tous", "statut": "projet_depose"}).content.decode()
    assert "Projet de santé déposé" in page
    envoi = {
        "nom": "Mes projets",
        "filtres": "onglet=tous&statut=projet_depose&tri=nom",
        "colonnes": ["etape", "regime"],
    }
    for faux in ({"nom": " "}, {"nom": "x" * 61}, {"filtres": "statut=envole"}, {"colonnes": ["secret"]}):
        assert client.post(reverse("vue_enregistrer"), envoi | faux).status_code == 422
    with comme_portail():
        assert not VueListe.objects.exists()
    reponse = client.post(reverse("vue_enregistrer"), envoi)
    assert client.post(reverse("vue_enregistrer"), envoi)["Location"] == reponse["Location"]
    lue = client.get(reponse["Location"])
    assert [x.numero for x in lue.context["dossiers"]] == [region["projet_depose"].numero]
    assert ">Régime<" in lue.content.decode()
    assert 'aria-current="true">Mes projets' in lue.content.decode()
    vue = int(reponse["Location"].partition("vue=")[2])
    # A colleague does not read it until it is shared; a neighbour never does; nobody else takes it away.
    collegue, voisin = client_de(d.utilisateur("signataire")), client_de(d.utilisateur("gestionnaire"))
    assert "Cette vue n’existe pas" in collegue.get(f"/dossiers/?vue={vue}").content.decode()
    assert collegue.post(reverse("vue_ouverture"), {"vue": vue}).status_code == 404
    client.post(reverse("vue_enregistrer"), envoi | {"partagee": "1", "par_defaut": "1"})
    assert len(collegue.get(f"/dossiers/?vue={vue}").context["dossiers"]) == 1
    assert "Partagée par un collègue" in collegue.get(reverse("affichage")).content.decode()
    assert "Cette vue n’existe pas" in voisin.get(f"/dossiers/?vue={vue}").content.decode()
    for autre in (collegue, voisin):
        assert autre.post(reverse("vue_supprimer", args=[vue])).status_code == 404
    # The list opens with it, and « Tout effacer » leaves it.
    assert (
        len(client.get("/dossiers/").context["dossiers"])
        == len(client.get("/dossiers/?page=1").context["dossiers"])
        == 1
    )
    assert len(client.get("/dossiers/?onglet=tous").context["dossiers"]) == 3
    assert collegue.post(reverse("vue_ouverture"), {"vue": vue}).status_code == 302
    assert len(collegue.get("/").context["dossiers"]) == 1
    assert client.post(reverse("vue_supprimer", args=[vue])).status_code == 302
    assert len(client.get("/dossiers/?onglet=tous").context["dossiers"]) == 3
    assert client.post(reverse("vue_ouverture"), {"vue": "x"}).status_code == 404


def test_la_recherche_trouve_numeros_personnes_et_texte_de_la_lettre_sans_accents(client, d, region):
    un, deux = (region[s] for s in ("lettre_deposee", "projet_depose"))
    with comme_portail():
        lettre = LettreIntention.objects.get(dossier=un.pk)
        lettre.porteurs = [{"nom": "Dr Éléonore Ÿberg", "courriel": "e@exemple.fr"}]
        lettre.besoin = "Délais d’accès très longs à la téléexpertise pédiatrique."
        lettre.save()
        Association.objects.create(
            dossier_id=deux.pk,
            nom="Les Spécialistes",
            rna="W311234567",
            finess="310000012",
            representant="Jeanne d’Arçon",
            declaree_le=d.maintenant,
        )
        for dossier in (un, deux):
            indexer(Dossier.objects.get(pk=dossier.pk))
    cas = {
        un.numero: {un.numero}, "eleonore": {un.numero}, "YBERG éléonore": {un.numero}, "w311234567": {deux.numero}, "310000012": {deux.numero},
        "arcon": {deux.numero}, "pediatrique": set(), "introuvable": set(),
    }  # fmt: skip
    for mots, attendus in cas.items():
        assert set(numeros(client, urlencode({"onglet": "tous", "recherche": mots}))) == attendus, mots
    page = client.get("/dossiers/?onglet=tous&recherche=pediatrique").content.decode()
    assert "recherche=pediatrique&amp;texte=1" in page
    dedans = {
        "pediatrique": {un.numero}, "pédiatr": {un.numero}, "eleonore pédia": {un.numero}, "eleonore introuvable": set(), "W31": {deux.numero},
        "l’accès d'": set(), "!!!": set(), "a' | b": set(), "<->": set(), "\\": set(),
    }  # fmt: skip
    for mots, attendus in dedans.items():
        lus = set(numeros(client, urlencode({"onglet": "tous", "recherche": mots, "texte": "1"})))
        assert attendus <= lus, mots
        assert lus == attendus or mots in ("l’accès d'",), mots
    # A neighbour's letter is not searched.
    assert numeros(client_de(d.utilisateur("gestionnaire")), "onglet=tous&texte=1&recherche=arcon") in (
        [],
        [deux.numero],
    )
    voisin = client_de(make_acteur_utilisateur("35"))
    assert numeros(voisin, "onglet=tous&texte=1&recherche=pediatrique") == []


def make_acteur_utilisateur(departement: str):
    acteur = make_acteur("ars_instructeur", departement=departement)
    return Utilisateur.objects.get(pk=acteur.utilisateur_id)


def test_du_dossier_au_suivant_dans_la_liste_filtree(client, d, region):
    noms = sorted((region[s].nom, region[s].numero) for s in LIEUX)
    (_, un), (_, deux), (_, trois) = noms
    hote = "http://testserver/dossiers/?onglet=tous&tri=nom"
    page = client.get(f"/dossiers/{deux}/", headers={"Referer": hote})
    lus = page.context["voisins"]
    assert (lus["rang"], lus["precedent"]["nom"], lus["suivant"]["nom"]) == (2, noms[0][0], noms[2][0])
    assert 'rel="next"' in page.content.decode()
    suite = client.get(lus["suivant"]["url"]).context["voisins"]
    assert (suite["rang"], suite["suivant"]) == (3, None)
    assert client.get(suite["precedent"]["url"]).context["voisins"]["rang"] == 2
    assert [x.numero for x in client.get(suite["liste"]).context["dossiers"]] == [un, deux, trois]
    # Filtered out of the list, come from elsewhere, or from another site: no neighbours. A neighbour region's dossier is never one.
    for venue in (
        f"{hote}&statut=envole&recherche=introuvable",
        "http://testserver/pilotage/",
        "http://ailleurs.example/dossiers/?onglet=tous",
        "",
    ):
        assert client.get(f"/dossiers/{deux}/", headers={"Referer": venue}).context["voisins"] is None, venue
    for faux in ("liste=%00", "liste=page%3Dx", "liste=" + "a" * 5000, "liste=vue%3D99"):
        assert client.get(f"/dossiers/{deux}/?{faux}").status_code == 200
    for qui in ("national", "regional"):
        autre = client_de(d.utilisateur(qui)).get(f"/dossiers/{deux}/", headers={"Referer": hote})
        assert autre.context["voisins"]["rang"] == 2, qui
    assert b"<kbd>n</kbd>" in client.get(reverse("raccourcis")).content

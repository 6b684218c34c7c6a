"""Lists, filters, detail and drafts."""

from __future__ import annotations

import pytest

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Jeton, Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.socle import horloge
from tests.fabriques import INSTANT, Distribution, make_dossier, make_utilisateur

from .conftest import Appelant, appelant

pytestmark = pytest.mark.django_db


def numeros(reponse) -> list[str]:
    assert reponse.status_code == 200, reponse.content
    return [d["numero"] for d in reponse.json()["results"]]


def test_liste_filtre_et_tri():
    d = make_dossier("lettre_deposee", nom="ESS Élan du Sud").distribution
    autre = make_dossier("lettre_validee", departement="32", specialites=["SM03"], nom="Peau du Gers").distribution
    ars = appelant(d.utilisateur("instructeur"))
    tous = {d.numero, autre.numero}
    assert set(numeros(ars.get("dossiers/"))) == tous
    assert numeros(ars.get("dossiers/", statut="lettre_validee")) == [autre.numero]
    assert numeros(ars.get("dossiers/", specialite="SM04")) == [d.numero]
    groupe = ars.get(f"dossiers/{autre.numero}/").json()["groupes"][0]
    assert numeros(ars.get("dossiers/", specialite=groupe)) == [autre.numero]
    assert numeros(ars.get("dossiers/", departement="32")) == [autre.numero]
    assert numeros(ars.get("dossiers/", recherche="elan SUD")) == [d.numero]
    assert numeros(ars.get("dossiers/", recherche=autre.numero)) == [autre.numero]
    assert numeros(ars.get("dossiers/", echeance_avant="2026-03-31")) == []
    assert d.numero in numeros(ars.get("dossiers/", echeance_avant="2026-05-02"))
    assert numeros(ars.get("dossiers/", ordering="nom")) == [d.numero, autre.numero]
    assert numeros(ars.get("dossiers/", ordering="-nom")) == [autre.numero, d.numero]
    assert numeros(ars.get("dossiers/", departement="99")) == []


@pytest.mark.parametrize(
    ("filtre", "valeur"),
    [
        ("statut", "inconnu"),
        ("echeance_avant", "demain"),
        ("echeance_avant", "2026-13-01"),
        ("ordering", "equipe__nom"),
    ],
)
def test_filtre_mal_forme(depose: Distribution, filtre, valeur):
    reponse = appelant(depose.utilisateur("instructeur")).get("dossiers/", **{filtre: valeur})
    assert reponse.status_code == 422
    assert set(reponse.json()) == {"code", "message", "champs"}
    assert list(reponse.json()["champs"]) == [filtre]


def test_pages_de_cinquante(db, django_assert_max_num_queries):
    d = make_dossier().distribution
    modele = d.relire()
    with comme_portail():
        for rang in range(60):
            modele.pk, modele.numero, modele._state.adding = None, f"76-2020-{rang:04d}", True
            modele.save()
    porteur = appelant(d.utilisateur("porteur"))
    with django_assert_max_num_queries(12):
        premiere = porteur.get("dossiers/", page_size=1000, limit=1000)
    corps = premiere.json()
    assert (corps["count"], len(corps["results"]), corps["previous"]) == (61, 50, None)
    assert len(porteur.get("dossiers/", page=2).json()["results"]) == 11
    assert porteur.get("dossiers/", page=3).status_code == 404


def test_statut_lu_est_celui_du_droit(depose: Distribution):
    """CAL-9: the engine is late, the API is not."""
    ars = appelant(depose.utilisateur("instructeur"))
    with horloge.figer(INSTANT.replace(month=6)):
        assert ars.get(f"dossiers/{depose.numero}/").json()["statut"] == "lettre_validee"
        assert numeros(ars.get("dossiers/", statut="lettre_deposee")) == []
        assert depose.numero in numeros(ars.get("dossiers/", statut="lettre_validee"))
    with comme_portail():
        assert Dossier.objects.get(numero=depose.numero).statut == "lettre_deposee"


def test_etranger_et_absent_sont_le_meme_404(depose: Distribution):
    voisin = appelant(make_utilisateur(Role.ARS_INSTRUCTEUR, departement="35"))
    etranger, absent = voisin.get(f"dossiers/{depose.numero}/"), voisin.get("dossiers/76-1999-9999/")
    assert (etranger.status_code, absent.status_code) == (404, 404)
    assert etranger.content == absent.content
    assert voisin.get("dossiers/").json()["count"] == 0


def test_anonyme_et_jeton_retire(depose: Distribution, anonyme: Appelant):
    assert anonyme.get("dossiers/").status_code == 401
    assert anonyme.get("dossiers/").json()["code"] == "authentification"
    assert Appelant("ess_000000000000_faux").get("dossiers/").status_code == 401
    porteur = appelant(depose.utilisateur("porteur"))
    assert porteur.get("dossiers/").status_code == 200
    Rattachement.objects.filter(utilisateur=depose.utilisateur("porteur")).update(retire_le=INSTANT)
    assert porteur.get("dossiers/").status_code == 401
    instructeur = appelant(depose.utilisateur("instructeur"))
    Jeton.objects.filter(rattachement__utilisateur=depose.utilisateur("instructeur")).update(revoque_le=INSTANT)
    assert instructeur.get("dossiers/").status_code == 401


def test_creer_puis_ecrire_un_brouillon(anonyme):
    porteur = appelant(make_utilisateur(Role.PORTEUR_REFERENT))
    cree = porteur.post("dossiers/", {"nom": "ESS Garonne", "specialites": ["SM04"], "siege_departement": "31"})
    assert cree.status_code == 201
    numero = cree.json()["numero"]
    assert numero.startswith("76-2026-")
    corps = {
        "liberaux": 50,
        "medecins_presents": 60,
        "siege_commune": "Toulouse",
        "besoin": "Délais",
        "date_comptage": "2026-01-15",
    }
    ecrit = porteur.patch(
        f"dossiers/{numero}/", {**corps, "porteurs": [{"prenom": "Claire", "nom": "Castelnau", "rpps": "10003456789"}]}
    )
    assert ecrit.status_code == 422
    assert list(ecrit.json()["champs"]) == ["porteur_1_rpps"]
    ecrit = porteur.patch(f"dossiers/{numero}/", corps)
    assert ecrit.status_code == 200, ecrit.content
    lettre = ecrit.json()["lettre"]
    assert (lettre["territoire"]["liberaux"], lettre["specialite"]["besoin"]) == (50, "Délais")
    assert lettre["specialite"]["specialites"] == ["SM04"]
    assert ecrit.json()["siege_commune"] == "Toulouse"


@pytest.mark.parametrize(
    "corps", [{"statut": "dotation_active"}, {"equipe": 1}, {"liberaux": {"a": 1}}, {"liberaux": -1}, {"nom": [1]}, []]
)
def test_brouillon_contenu_refuse(corps):
    d = make_dossier().distribution
    reponse = appelant(d.utilisateur("porteur")).patch(f"dossiers/{d.numero}/", corps)
    assert reponse.status_code == 422
    assert reponse.json()["champs"]
    assert d.relire().statut == "brouillon"


def test_lettre_deposee_ne_s_ecrit_plus(depose: Distribution):
    assert (
        appelant(depose.utilisateur("porteur")).patch(f"dossiers/{depose.numero}/", {"besoin": "x"}).status_code == 409
    )
    assert (
        appelant(depose.utilisateur("instructeur")).patch(f"dossiers/{depose.numero}/", {"besoin": "x"}).status_code
        == 403
    )


@pytest.mark.parametrize(
    "corps",
    [
        {},
        {"nom": "x", "specialites": ["SM99"], "siege_departement": "31"},
        {"nom": "x", "specialites": ["SM04"], "siege_departement": "975"},
        "[]",
        "{",
    ],
)
def test_creation_refusee(corps):
    reponse = appelant(make_utilisateur(Role.PORTEUR_REFERENT)).post("dossiers/", corps)
    assert reponse.status_code in (400, 422)
    assert set(reponse.json()) == {"code", "message", "champs"}


def test_une_ars_n_ouvre_pas_de_lettre():
    corps = {"nom": "x", "specialites": ["SM04"], "siege_departement": "31"}
    assert appelant(make_utilisateur(Role.ARS_INSTRUCTEUR)).post("dossiers/", corps).status_code == 403

"""The map of territories: what each reader sees, on which day, in how many queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Depot, Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from tests.fabriques import Distribution, client_de, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db
INSTANT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REQUETES = 8


def page(utilisateur, le: datetime, **adresse: str) -> str:
    with horloge.figer(le):
        reponse = client_de(utilisateur).get("/territoires/", {"specialite": "cardiologie", **adresse})
    assert reponse.status_code == 200
    return reponse.content.decode()


def etat(texte: str, code: str) -> str:
    """The state of a département, as its shape carries it."""
    morceau = texte.split(f"({code})", 1)[1]
    return morceau.split("ess-zone--", 1)[1].split('"', 1)[0]


@pytest.fixture
def distribution() -> Distribution:
    return make_dossier("lettre_deposee", nom="ESS Instruite", departements=["31", "81"]).distribution


def test_conf_1_l_agent_lit_le_nom_le_porteur_apprend_qu_un_projet_est_la(distribution: Distribution):
    demain = distribution.maintenant + timedelta(days=1)
    voisin = make_utilisateur("porteur_referent")
    for utilisateur, nomme in (
        (distribution.utilisateur("instructeur"), True),
        (distribution.utilisateur("gestionnaire"), True),
        (make_utilisateur("ars_instructeur", departement="35"), True),
        (distribution.utilisateur("porteur"), True),
        (voisin, False),
    ):
        texte = page(utilisateur, demain)
        assert ("ESS Instruite" in texte) is nomme, utilisateur.courriel
        assert (distribution.numero in texte) is nomme
        assert etat(texte, "81") == "instruction"
    assert "Un projet est en instruction" in page(voisin, demain)
    signee = make_dossier("amorcage_signe", nom="ESS Signée", departement="35").distribution
    assert "ESS Signée" in page(voisin, signee.maintenant + timedelta(days=1))


def test_le_lien_ne_mene_qu_a_ce_qui_se_lit(distribution: Distribution):
    demain = distribution.maintenant + timedelta(days=1)
    lien = f'href="/dossiers/{distribution.numero}/"'
    assert lien in page(distribution.utilisateur("instructeur"), demain)
    assert lien in page(distribution.utilisateur("national"), demain)
    assert lien not in page(make_utilisateur("ars_instructeur", departement="35"), demain)


def test_remonter_le_temps(distribution: Distribution):
    """Draft, then instructed, then validated by silence before any pass has written it (CAL-9)."""
    agent = distribution.utilisateur("instructeur")
    plus_tard = distribution.maintenant + timedelta(days=100)
    for jour, attendu in (
        ("2026-03-01", "libre"),
        ("2026-03-02", "instruction"),
        ("2026-05-02", "instruction"),
        ("2026-05-03", "couvert"),
    ):
        assert etat(page(agent, plus_tard, jour=jour), "31") == attendu, jour
    assert etat(page(agent, plus_tard, jour="2031-01-01"), "31") == "couvert"
    assert 'value="2026-03-02"' in page(agent, plus_tard, jour="02/03/2026")


def test_un_jour_passe_montre_le_territoire_d_alors(distribution: Distribution):
    """Filed for 31 and 81, filed again for 31 and 09 forty days later: each day has the perimeter that was filed then."""
    agent = distribution.utilisateur("instructeur")
    with comme_portail():
        premier = Depot.objects.get(dossier__numero=distribution.numero)
        le = premier.recu_le + timedelta(days=40)
        Depot.objects.create(
            dossier=premier.dossier, objet="lettre", version=2, recu_le=le, date_depot=le.date(), date_reception=le.date(),
            contenu=premier.contenu | {"territoire": premier.contenu["territoire"] | {"departements": ["31", "09"]}},
        )  # fmt: skip
        Dossier.objects.filter(numero=distribution.numero).update(departements=["31", "12"])
    for jour, ou in (
        (premier.date_depot, {"31", "81"}),
        (le.date() - timedelta(days=1), {"31", "81"}),
        (le.date(), {"31", "09"}),
        (le.date() + timedelta(days=10), {"31", "09"}),
        (le.date() + timedelta(days=11), {"31", "12"}),  # today: as it stands
    ):
        texte = page(agent, le + timedelta(days=11), jour=jour.isoformat())
        assert {c for c in ("31", "81", "09", "12") if etat(texte, c) != "libre"} == ou, jour


def test_deux_sur_le_meme_departement_sont_un_conflit(distribution: Distribution):
    autre = make_dossier("lettre_deposee", nom="ESS Seconde").distribution
    with comme_portail():
        Dossier.objects.filter(numero__in=(distribution.numero, autre.numero)).update(
            bascule_le=INSTANT + timedelta(days=61)
        )
    texte = page(distribution.utilisateur("instructeur"), INSTANT + timedelta(days=62), etat="conflit")
    assert etat(texte, "31") == "conflit"
    assert etat(texte, "81") == "couvert"
    assert "ESS Seconde" in texte


def test_les_brouillons_et_les_autres_specialites_n_y_sont_pas(distribution: Distribution):
    make_dossier("brouillon", departement="09", nom="ESS Brouillon")
    make_dossier("lettre_deposee", departement="12", specialites=["SM15"], nom="ESS Dermatologie")
    texte = page(distribution.utilisateur("national"), distribution.maintenant + timedelta(days=1), etat="tous")
    assert etat(texte, "09") == etat(texte, "12") == "libre"
    assert "ESS Brouillon" not in texte
    assert "ESS Dermatologie" not in texte


def test_autant_de_requetes_quel_que_soit_le_nombre(distribution: Distribution):
    agent = distribution.utilisateur("instructeur")
    client = client_de(agent)

    def compter() -> int:
        adresse = {"specialite": "cardiologie", "jour": "2026-03-03"}
        with horloge.figer(INSTANT + timedelta(days=2)):
            client.get("/territoires/", adresse)
            with CaptureQueriesContext(connection) as requetes:
                client.get("/territoires/", adresse)
        return len([r for r in requetes if "SAVEPOINT" not in r["sql"] and "set_config" not in r["sql"]])

    une = compter()
    for departement in ("09", "12", "32"):
        make_dossier("lettre_deposee", departement=departement)
    assert une == compter() <= REQUETES


@pytest.mark.parametrize(
    "adresse", [{"jour": "x"}, {"jour": "2026-13-45"}, {"etat": "zzz"}, {"region": "'"}, {"specialite": "<b>"}]
)
def test_une_adresse_fausse_ne_casse_rien(adresse):
    assert "<b>" not in page(make_utilisateur("porteur_referent"), INSTANT, **adresse)

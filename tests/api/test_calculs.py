"""The calculators over HTTP: the documented examples, what they refuse, and how often they answer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.core.cache import cache

from .conftest import Appelant, appelant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def compteur_neuf(db):
    """Each test of this file starts with no call counted."""
    cache.clear()


def test_exemple_dotation(anonyme: Appelant):
    corps = {
        "debut": "2025-04-01",
        "effectifs": [{"du": "2025-04-01", "nombre": 20}, {"du": "2025-10-01", "nombre": 15}],
        "bareme": "lineaire",
    }
    r = anonyme.post("calculs/dotation/", corps)
    assert r.status_code == 200
    lu = r.json()
    assert {n: lu[n] for n in ("jours", "effectif_moyen", "montant", "a_arbitrer")} == {
        "jours": 365, "effectif_moyen": "17.506849", "montant": "54170.47", "a_arbitrer": False,
    }  # fmt: skip
    assert {"simulations", "explication"} <= set(lu)


def test_exemple_dotation_sous_dix(anonyme: Appelant):
    lu = anonyme.post(
        "calculs/dotation/", {"debut": "2025-04-01", "effectifs": [{"du": "2025-04-01", "nombre": 9}]}
    ).json()
    assert (lu["montant"], lu["a_arbitrer"]) == (None, True)
    assert lu["simulations"] == {
        "plancher": "50000.00",
        "prorata_10": "45000.00",
        "lineaire_prolonge": "49444.44",
        "zero": "0.00",
    }


def test_exemple_echeances(anonyme: Appelant):
    corps = {
        "departement": "31", "lettre_recue": "2025-03-10", "projet_recu": "2025-08-31", "projet_demandes": [], "effet_dotation": None,
        "lettre_demandes": [{"demandee_le": "2025-03-20", "indispensable": True, "recue_le": "2025-04-10"}],
    }  # fmt: skip
    r = anonyme.post("calculs/echeances/", corps)
    assert r.status_code == 200, r.content
    lues = {(e["regle"], e["objet"]): e for e in r.json()["echeances"]}
    dl1 = lues["DL-1", "lettre"]
    assert {n: dl1[n] for n in ("dernier_jour", "acquise_le", "instant", "suspendue")} == {
        "dernier_jour": "2025-06-10", "acquise_le": "2025-06-11", "instant": "2025-06-10T22:00:00Z", "suspendue": False,
    }  # fmt: skip
    assert dl1["explication"]
    assert {regle for regle, _ in lues} == {"DL-1", "DL-2", "DL-3", "DL-4", "DL-5", "DL-6", "DL-8", "DL-10"}
    assert lues["DL-2", "lettre"]["dernier_jour"] == "2025-10-10"
    assert lues["DL-3", "projet"]["dernier_jour"] == "2025-10-31"
    assert lues["DL-4", "projet"]["dernier_jour"] == "2026-08-31"
    assert lues["DL-6", "projet"]["dernier_jour"] == "2030-10-31"
    assert lues["DL-8", "lettre"]["dernier_jour"] == "2025-10-10"
    assert all(e["acquise_le"] is None for e in lues.values() if e["qui"] == "equipe")


def test_echeances_minimales_suspendues_et_anniversaires(anonyme: Appelant):
    lues = anonyme.post("calculs/echeances/", {"departement": "31", "lettre_recue": "2025-03-10"}).json()["echeances"]
    assert {e["regle"] for e in lues} == {"DL-1", "DL-2", "DL-5", "DL-8"}
    corps = {
        "departement": "31",
        "lettre_recue": "2025-03-10",
        "effet_dotation": "2028-02-29",
        "lettre_demandes": [{"demandee_le": "2025-03-20", "indispensable": True}],
    }
    lues = anonyme.post("calculs/echeances/", corps).json()["echeances"]
    dl1 = next(e for e in lues if e["regle"] == "DL-1")
    assert (dl1["suspendue"], dl1["dernier_jour"], dl1["acquise_le"], dl1["instant"]) == (True, None, None, None)
    assert [e["dernier_jour"] for e in lues if e["regle"] == "DL-7"] == [
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
        "2033-02-28",
    ]


def test_moment_lu_dans_le_fuseau_de_l_ars(anonyme: Appelant):
    """CAL-4: 01:30 in Réunion is the day before in Paris."""
    for departement, attendu in (("31", "2025-08-30"), ("974", "2025-09-01")):
        lues = anonyme.post(
            "calculs/echeances/", {"departement": departement, "lettre_recue": "2025-07-01T01:30:00+04:00"}
        ).json()["echeances"]
        assert next(e for e in lues if e["regle"] == "DL-1")["dernier_jour"] == attendu


@pytest.mark.parametrize("jour", ["1999-12-31", "0004-02-29", "2199-12-31", "9000-01-01"])
def test_toute_date_passee_ou_future(anonyme: Appelant, jour: str):
    assert anonyme.post("calculs/echeances/", {"departement": "31", "lettre_recue": jour}).status_code == 200


def test_projet_avant_lettre_accepte_reponse_avant_demande_refusee(anonyme: Appelant):
    corps = {"departement": "31", "lettre_recue": "2025-03-10", "projet_recu": "2024-01-01"}
    assert anonyme.post("calculs/echeances/", corps).status_code == 200
    corps["lettre_demandes"] = [{"demandee_le": "2025-03-20", "indispensable": True, "recue_le": "2025-03-19"}]
    refus = anonyme.post("calculs/echeances/", corps)
    assert (refus.status_code, list(refus.json()["champs"])) == (422, ["lettre_demandes[0].recue_le"])


@pytest.mark.parametrize(
    ("calcul", "corps"),
    [
        ("echeances", {}), ("echeances", {"departement": "975", "lettre_recue": "2025-03-10"}), ("echeances", {"departement": "00", "lettre_recue": "2025-03-10"}),
        ("echeances", {"departement": 31, "lettre_recue": "2025-03-10"}), ("echeances", {"departement": "31", "lettre_recue": "10/03/2025"}),
        ("echeances", {"departement": "31", "lettre_recue": "2025-03-10T10:00:00"}), ("echeances", {"departement": "31", "lettre_recue": "9999-12-31"}),
        ("echeances", {"departement": "31", "lettre_recue": "2025-W01-1"}), ("echeances", {"departement": "31", "lettre_recue": "2025-03-10", "lettre_demandes": {}}),
        ("echeances", {"departement": "31", "lettre_recue": "2025-03-10", "lettre_demandes": [3]}), ("echeances", []), ("echeances", "3"), ("echeances", "{"),
        ("dotation", {}), ("dotation", {"debut": "2025-04-01", "effectifs": []}), ("dotation", {"debut": "2025-04-01", "effectifs": [{"du": "2025-04-01", "nombre": "20"}]}),
        ("dotation", {"debut": "2025-04-01", "effectifs": [{"du": "2025-04-01", "nombre": 20}], "bareme": "inconnu"}),
        ("dotation", {"debut": "2025-04-01", "effectifs": [{"du": "2025-04-01", "nombre": 20}], "bareme": ["lineaire"]}),
        ("dotation", {"debut": "2025-04-01", "effectifs": [{"du": "2025-05-01", "nombre": 20}]}), ("dotation", "[" * 5000),
        ("seuils", {"liberaux": -1, "adherents_liberaux": 0, "medecins_presents": 0}), ("seuils", {"liberaux": True, "adherents_liberaux": 0, "medecins_presents": 0}),
        ("seuils", {"liberaux": 1.5, "adherents_liberaux": 0, "medecins_presents": 0}), ("seuils", {}), ("seuils", "null"),
        ("identifiants", {"type": "nir", "valeur": "1"}), ("identifiants", {"type": "siren"}), ("identifiants", {"type": "siren", "valeur": 732829320}),
        ("identifiants", {"type": ["siren"], "valeur": "x"}), ("identifiants", '{"type": "siren", "valeur": "\\ud800"}'),
    ],
)  # fmt: skip
def test_corps_mal_forme(anonyme: Appelant, calcul: str, corps):
    r = anonyme.post(f"calculs/{calcul}/", corps)
    assert r.status_code == 422, r.content
    lu = r.json()
    assert set(lu) == {"code", "message", "champs"}
    assert lu["champs"]
    assert all(isinstance(t, str) for textes in lu["champs"].values() for t in textes)


def test_exemple_seuils(anonyme: Appelant):
    assert anonyme.post("calculs/seuils/", {"liberaux": 101, "adherents_liberaux": 10, "medecins_presents": 12}).json() == {
        "creation": {"requis": 11, "atteint": False}, "intermediaire": {"requis": 31, "atteint": False}, "cible": {"requis": 51, "atteint": False},
        "dix_medecins": {"atteint": True},
    }  # fmt: skip
    nul = {"requis": None, "atteint": False, "code": "liberaux_nul"}
    assert anonyme.post("calculs/seuils/", {"liberaux": 0, "adherents_liberaux": 0, "medecins_presents": 0}).json() == {
        "creation": nul, "intermediaire": nul, "cible": nul, "dix_medecins": {"atteint": False},
    }  # fmt: skip


@pytest.mark.parametrize("valeur", ["", " ", "x", "2A0000015", "é", "1" * 5000])
def test_identifiant_mal_forme_est_une_reponse(anonyme: Appelant, valeur: str):
    r = anonyme.post("calculs/identifiants/", {"type": "finess", "valeur": valeur})
    assert (r.status_code, r.json()) == (200, {"valide": False, "normalise": None})


def test_exemple_identifiants(anonyme: Appelant):
    r = anonyme.post("calculs/identifiants/", {"type": "finess", "valeur": "2A 000 001 4"})
    assert (r.status_code, r.json()) == (200, {"valide": True, "normalise": "2A0000014"})


def test_soixante_par_minute_et_par_adresse(anonyme: Appelant, depose):
    corps, refuse = {"type": "siren", "valeur": "732829320"}, {"type": "nir", "valeur": ""}
    statuts = [anonyme.post("calculs/identifiants/", refuse if n % 2 else corps).status_code for n in range(62)]
    assert statuts == [200, 422] * 30 + [429, 429]
    derniere = anonyme.post("calculs/seuils/", corps)
    assert derniere.json()["code"] == "trop_de_demandes"
    assert 1 <= int(derniere["Retry-After"]) <= 61
    assert (
        anonyme.client.post(
            "/api/v1/calculs/seuils/", "{}", content_type="application/json", REMOTE_ADDR="192.0.2.7"
        ).status_code
        == 422
    )
    porteur = appelant(depose.utilisateur("porteur"))
    assert {porteur.post("calculs/identifiants/", corps).status_code for _ in range(70)} == {200}
    assert Appelant("ess_faux_faux").post("calculs/identifiants/", corps).status_code == 401


def test_dotation_croit_avec_l_effectif(anonyme: Appelant):
    montants = [
        float(
            anonyme.post(
                "calculs/dotation/", {"debut": "2025-04-01", "effectifs": [{"du": "2025-04-01", "nombre": n}]}
            ).json()["montant"]
        )
        for n in (10, 11, 55, 99, 100, 250)
    ]
    assert all(a <= b for a, b in pairwise(montants))

"""`POST /calculs/dotation/` and `/calculs/seuils/`: what the interface promises, field by field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.regles.calculateur import calculer_seuils
from ess_portal.referentiel.regles.saisie import SaisieInvalide
from financement.regles.calculateur import calculer_dotation

DU, APRES = "2025-04-01", "2025-10-01"
DEUX = [{"du": DU, "nombre": 20}, {"du": APRES, "nombre": 15}]


def corps(**champs):
    return {"debut": DU, "effectifs": [{"du": DU, "nombre": 20}], **champs}


def test_dotation_exemple_de_l_interface():
    reponse = calculer_dotation({"debut": DU, "effectifs": DEUX, "bareme": "lineaire"})
    assert {k: reponse[k] for k in ("jours", "effectif_moyen", "montant", "a_arbitrer")} == {
        "jours": 365,
        "effectif_moyen": "17.506849",
        "montant": "54170.47",
        "a_arbitrer": False,
    }
    assert [set(e) for e in reponse["explication"]] == [{"libelle", "detail", "valeur"}] * 4


def test_dotation_sous_dix():
    reponse = calculer_dotation(corps(effectifs=[{"du": DU, "nombre": 9}]))
    assert (reponse["montant"], reponse["a_arbitrer"]) == (None, True)
    assert reponse["simulations"] == {
        "plancher": "50000.00",
        "prorata_10": "45000.00",
        "lineaire_prolonge": "49444.44",
        "zero": "0.00",
    }


def test_dotation_ordre_des_effectifs_indifferent():
    a, b = (calculer_dotation(corps(effectifs=e)) for e in (DEUX, DEUX[::-1]))
    assert a == b


@pytest.mark.parametrize("debut", ["0001-01-01", "1789-07-14", "2028-02-29", "9998-12-31"])
def test_dotation_toute_date(debut):
    reponse = calculer_dotation({"debut": debut, "effectifs": [{"du": debut, "nombre": 55}]})
    assert reponse["montant"] == "75000.00"


@pytest.mark.parametrize(
    ("champs", "faute"),
    [
        pytest.param({"debut": None}, "debut", id="sans-debut"),
        pytest.param({"debut": "01/04/2025"}, "debut", id="date-francaise"),
        pytest.param({"debut": "2025-W14-2"}, "debut", id="semaine-iso"),
        pytest.param({"debut": "2025-02-29"}, "debut", id="jour-inexistant"),
        pytest.param({"debut": "9999-01-01"}, "debut", id="fin-du-calendrier"),
        pytest.param({"debut": 20250401}, "debut", id="debut-nombre"),
        pytest.param({"effectifs": []}, "effectifs", id="vide"),
        pytest.param({"effectifs": None}, "effectifs", id="absent"),
        pytest.param({"effectifs": {"du": DU}}, "effectifs", id="pas-une-liste"),
        pytest.param({"effectifs": [{"du": DU, "nombre": 1}] * 1001}, "effectifs", id="demesure"),
        pytest.param({"effectifs": [{"du": APRES, "nombre": 20}]}, "effectifs", id="premier-apres-debut"),
        pytest.param({"effectifs": ["20"]}, "effectifs[0].du", id="pas-un-objet"),
        pytest.param({"effectifs": [{"nombre": 20}]}, "effectifs[0].du", id="sans-du"),
        pytest.param({"effectifs": [{"du": DU}]}, "effectifs[0].nombre", id="sans-nombre"),
        pytest.param({"effectifs": [*DEUX, {"du": "2025-03-31", "nombre": 2}]}, "effectifs[2].du", id="avant"),
        pytest.param({"effectifs": [*DEUX, {"du": "2026-04-01", "nombre": 2}]}, "effectifs[2].du", id="apres"),
        pytest.param({"effectifs": [*DEUX, {"du": APRES, "nombre": 2}]}, "effectifs[2].du", id="doublon"),
        pytest.param({"effectifs": [{"du": DU, "nombre": -1}]}, "effectifs[0].nombre", id="negatif"),
        pytest.param({"effectifs": [{"du": DU, "nombre": 20.5}]}, "effectifs[0].nombre", id="decimal"),
        pytest.param({"effectifs": [{"du": DU, "nombre": "20"}]}, "effectifs[0].nombre", id="texte"),
        pytest.param({"effectifs": [{"du": DU, "nombre": True}]}, "effectifs[0].nombre", id="booleen"),
        pytest.param({"effectifs": [{"du": DU, "nombre": 10**12}]}, "effectifs[0].nombre", id="absurde"),
        pytest.param({"bareme": "quadratique"}, "bareme", id="bareme-inconnu"),
        pytest.param({"bareme": ["lineaire"]}, "bareme", id="bareme-liste"),
        pytest.param({"sous_10": "au_hasard"}, "sous_10", id="sous-10-inconnu"),
        pytest.param({"effectif": 3}, "effectif", id="effectif-inconnu"),
        pytest.param({"ordre": None}, "ordre", id="ordre-nul"),
    ],
)
def test_dotation_refusee(champs, faute):
    with pytest.raises(SaisieInvalide) as refus:
        calculer_dotation(corps(**champs))
    assert faute in refus.value.champs


def test_seuils_exemple_de_l_interface():
    assert calculer_seuils({"liberaux": 101, "adherents_liberaux": 10, "medecins_presents": 12}) == {
        "creation": {"requis": 11, "atteint": False},
        "intermediaire": {"requis": 31, "atteint": False},
        "cible": {"requis": 51, "atteint": False},
        "dix_medecins": {"atteint": True},
    }


def test_c116_aucun_liberal():
    reponse = calculer_seuils({"liberaux": 0, "adherents_liberaux": 0, "medecins_presents": 4})
    nul = {"requis": None, "atteint": False, "code": "liberaux_nul"}
    assert reponse == {"creation": nul, "intermediaire": nul, "cible": nul, "dix_medecins": {"atteint": False}}


@pytest.mark.parametrize(
    ("champs", "faute"),
    [
        pytest.param({"liberaux": -1}, "liberaux", id="negatif"),
        pytest.param({"liberaux": 10.5}, "liberaux", id="decimal"),
        pytest.param({"liberaux": "101"}, "liberaux", id="texte"),
        pytest.param({"liberaux": None}, "liberaux", id="nul"),
        pytest.param({"adherents_liberaux": True}, "adherents_liberaux", id="booleen"),
        pytest.param({"medecins_presents": 10**9}, "medecins_presents", id="absurde"),
        pytest.param({"adherents_liberaux": 102}, "adherents_liberaux", id="plus-que-de-liberaux"),
    ],
)
def test_seuils_refuses(champs, faute):
    with pytest.raises(SaisieInvalide) as refus:
        calculer_seuils({"liberaux": 101, "adherents_liberaux": 10, "medecins_presents": 12, **champs})
    assert list(refus.value.champs) == [faute]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(DU),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["du", "nombre", "debut"]), x, max_size=3),
    max_leaves=8,
)


def reponse_ou_refus(calculer, corps):
    try:
        return calculer(corps), {}
    except SaisieInvalide as refus:
        return None, refus.champs


@given(st.dictionaries(st.sampled_from(["debut", "effectifs", "bareme", "ordre", "sous_10", "liberaux"]), json))
def test_un_corps_quelconque_est_refuse_ou_repondu(quelconque):
    for calculer in (calculer_dotation, calculer_seuils):
        reponse, champs = reponse_ou_refus(calculer, quelconque)
        assert (reponse is None) is bool(champs)
        assert all(texte.endswith(".") for texte in champs.values())

"""`POST /calculs/echeances/` and `/calculs/identifiants/`: the answers and the refusals of the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.calculateur import calculer_echeances, calculer_identifiant
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.saisie import SaisieInvalide

FUSEAUX = {"31": "Europe/Paris", "972": "America/Martinique", "973": "America/Cayenne", "974": "Indian/Reunion"}


def nationaux(_departement: str, _jour: date) -> Parametres:
    return Parametres()


def calcul(parametres: Callable[[str, date], Parametres] = nationaux, /, **corps: Any) -> list[dict[str, Any]]:
    corps = {"departement": "31", "lettre_recue": "2025-03-10", **corps}
    return calculer_echeances(corps, fuseaux=FUSEAUX, parametres=parametres, reglages=lambda *_: {})["echeances"]


def par_regle(echeances: list[dict[str, Any]]) -> dict[tuple[str, str, int], dict[str, Any]]:
    return {(e["regle"], e["objet"], e["rang"]): e for e in echeances}


def test_l_exemple_de_l_interface() -> None:
    e = par_regle(
        calcul(
            lettre_demandes=[{"demandee_le": "2025-03-20", "indispensable": True, "recue_le": "2025-04-10"}],
            projet_recu="2025-08-31",
            projet_demandes=[],
            effet_dotation=None,
        )
    )
    dl1 = e[("DL-1", "lettre", 1)]
    assert {n: dl1[n] for n in ("dernier_jour", "acquise_le", "instant", "suspendue")} == {
        "dernier_jour": "2025-06-10",
        "acquise_le": "2025-06-11",
        "instant": "2025-06-10T22:00:00Z",
        "suspendue": False,
    }
    assert set(dl1["explication"][0]) == {
        *("libelle", "detail", "valeur", "regle", "source", "reglage", "parametre"),
    }
    assert {cle: v["dernier_jour"] for cle, v in e.items()} == {
        ("DL-1", "lettre", 1): "2025-06-10",
        ("DL-2", "lettre", 1): "2025-10-10",
        ("DL-5", "lettre", 1): "2026-10-10",
        ("DL-10", "lettre", 1): "2025-04-20",
        ("DL-8", "lettre", 1): "2025-10-10",
        ("DL-3", "projet", 1): "2025-10-31",
        ("DL-4", "projet", 1): "2026-08-31",
        ("DL-6", "projet", 1): "2030-10-31",
        ("DL-8", "projet", 1): "2026-02-28",
    }
    assert all(v["acquise_le"] is None for cle, v in e.items() if cle[0] not in ("DL-1", "DL-3"))


def test_seuls_le_departement_et_la_lettre_sont_requis() -> None:
    assert {e["regle"] for e in calcul()} == {"DL-1", "DL-2", "DL-5", "DL-8"}


def test_une_demande_sans_reponse_suspend_sans_date() -> None:
    e = par_regle(calcul(lettre_demandes=[{"demandee_le": "2025-03-20", "indispensable": True}]))
    for regle in ("DL-1", "DL-2", "DL-5"):
        ligne = e[(regle, "lettre", 1)]
        assert [ligne[n] for n in ("suspendue", "dernier_jour", "acquise_le", "instant")] == [True, None, None, None]
    assert e[("DL-10", "lettre", 1)]["dernier_jour"] == "2025-04-20"
    assert ("DL-8", "lettre", 1) not in e


def test_DL_7_les_cinq_anniversaires() -> None:
    dl7 = [e["dernier_jour"] for e in calcul(effet_dotation="2028-02-29") if e["regle"] == "DL-7"]
    assert dl7 == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28"]


@pytest.mark.parametrize(
    ("departement", "moment", "dernier", "instant"),
    [
        pytest.param("972", "2025-06-30T21:00:00-04:00", "2025-08-30", "2025-08-31T04:00:00Z", id="C131"),
        pytest.param("972", "2025-07-01T01:00:00Z", "2025-08-30", "2025-08-31T04:00:00Z", id="C131 en UTC"),
        pytest.param("31", "2025-08-26", "2025-10-26", "2025-10-26T23:00:00Z", id="C133"),
        pytest.param("31", "2025-01-30T08:00:00+01:00", "2025-03-30", "2025-03-30T22:00:00Z", id="C134 et C137"),
        pytest.param("973", "2025-10-31", "2025-12-31", "2026-01-01T03:00:00Z", id="C136"),
        pytest.param("974", "2025-07-01T01:30:00+04:00", "2025-09-01", "2025-09-01T20:00:00Z", id="La Réunion"),
        pytest.param("31", "2025-03-10T23:30:00Z", "2025-05-11", "2025-05-11T22:00:00Z", id="23 h 30 UTC"),
    ],
)
def test_CAL_4_le_jour_legal_est_celui_de_l_ars(departement: str, moment: str, dernier: str, instant: str) -> None:
    dl1 = par_regle(calcul(departement=departement, lettre_recue=moment))[("DL-1", "lettre", 1)]
    assert (dl1["dernier_jour"], dl1["instant"]) == (dernier, instant)


@pytest.mark.parametrize("jour", ["0001-01-01", "1789-07-14", "2025-03-10", "9980-12-31"])
def test_toute_date_passee_ou_a_venir(jour: str) -> None:
    assert calcul(lettre_recue=jour, projet_recu=jour, effet_dotation=jour)


def test_tout_ordre_sauf_une_reponse_avant_sa_demande() -> None:
    assert calcul(lettre_recue="2025-03-10", projet_recu="2020-01-01", effet_dotation="2019-01-01")
    assert calcul(lettre_demandes=[{"demandee_le": "2024-01-01", "indispensable": True, "recue_le": "2024-01-02"}])
    with pytest.raises(SaisieInvalide) as faute:
        calcul(lettre_demandes=[{"demandee_le": "2025-03-20", "indispensable": True, "recue_le": "2025-03-19"}])
    assert list(faute.value.champs) == ["lettre_demandes[0].recue_le"]


@pytest.mark.parametrize(
    ("corps", "champ"),
    [
        ({"departement": None}, "departement"),
        ({"departement": "975"}, "departement"),
        ({"departement": ["31"]}, "departement"),
        ({"departement": 31}, "departement"),
        ({"lettre_recue": None}, "lettre_recue"),
        ({"lettre_recue": ""}, "lettre_recue"),
        ({"lettre_recue": "2025-02-29"}, "lettre_recue"),
        ({"lettre_recue": "10/03/2025"}, "lettre_recue"),
        ({"lettre_recue": "20250310"}, "lettre_recue"),
        ({"lettre_recue": "2025-03-10T08:00:00"}, "lettre_recue"),
        ({"lettre_recue": "0001-01-01T00:00:00+14:00"}, "lettre_recue"),
        ({"lettre_recue": "9999-12-31"}, "lettre_recue"),
        ({"lettre_recue": 20250310}, "lettre_recue"),
        ({"projet_recu": "demain"}, "projet_recu"),
        ({"effet_dotation": {}}, "effet_dotation"),
        ({"lettre_demandes": {}}, "lettre_demandes"),
        ({"lettre_demandes": ["2025-03-20"]}, "lettre_demandes[0]"),
        ({"lettre_demandes": [{}]}, "lettre_demandes[0].demandee_le"),
        (
            {"projet_demandes": [{"demandee_le": "2025-03-20", "indispensable": "oui"}]},
            "projet_demandes[0].indispensable",
        ),
        ({"lettre_demandes": [{"demandee_le": "2025-03-20"}] * 101}, "lettre_demandes"),
    ],
)
def test_une_faute_est_dite_en_francais_par_champ(corps: dict[str, Any], champ: str) -> None:
    with pytest.raises(SaisieInvalide) as faute:
        calcul(**corps)
    assert list(faute.value.champs) == [champ]
    assert faute.value.champs[champ].endswith((".", ")."))


def test_chaque_objet_suit_le_jeu_en_vigueur_a_son_origine() -> None:
    def parametres(departement: str, jour: date) -> Parametres:
        assert departement == "31"
        return Parametres(delai_instruction_lettre=Delai(3), delai_instruction_projet=Delai(jour.year - 2020))

    e = par_regle(calcul(parametres, projet_recu="2024-01-10"))
    assert e[("DL-1", "lettre", 1)]["dernier_jour"] == "2025-06-10"
    assert e[("DL-3", "projet", 1)]["dernier_jour"] == "2024-05-10"


@pytest.mark.parametrize(
    ("type_", "valeur", "attendu"),
    [
        pytest.param("finess", "2A 000 001 4", {"valide": True, "normalise": "2A0000014"}, id="interface"),
        pytest.param("finess", "750712185", {"valide": False, "normalise": None}, id="C140"),
        pytest.param("siret", "35600000049837", {"valide": True, "normalise": "35600000049837"}, id="C148"),
        pytest.param("iban", "", {"valide": False, "normalise": None}, id="vide"),
    ],
)
def test_identifiant(type_: str, valeur: str, attendu: dict[str, Any]) -> None:
    assert calculer_identifiant({"type": type_, "valeur": valeur}) == attendu


@pytest.mark.parametrize(
    ("corps", "champs"),
    [
        ({}, {"type", "valeur"}),
        ({"type": "adeli", "valeur": "1"}, {"type"}),
        ({"type": ["siren"], "valeur": "1"}, {"type"}),
        ({"type": "siren", "valeur": 732829320}, {"valeur"}),
        ({"type": "siren", "valeur": None}, {"valeur"}),
    ],
)
def test_identifiant_mal_demande(corps: dict[str, Any], champs: set[str]) -> None:
    with pytest.raises(SaisieInvalide) as faute:
        calculer_identifiant(corps)
    assert set(faute.value.champs) == champs


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.dates().map(str),
    lambda feuille: st.lists(feuille, max_size=3) | st.dictionaries(st.text(max_size=12), feuille, max_size=3),
    max_leaves=6,
)
_champs = ("departement", "lettre_recue", "lettre_demandes", "projet_recu", "projet_demandes", "effet_dotation")


def _verdict(corps: dict[str, Any]) -> object:
    try:
        return calcul(**corps)
    except SaisieInvalide as faute:
        return faute.champs


@given(st.dictionaries(st.sampled_from(_champs), _json))
def test_n_importe_quel_corps_est_calcule_ou_refuse(corps: dict[str, Any]) -> None:
    assert _verdict(corps)

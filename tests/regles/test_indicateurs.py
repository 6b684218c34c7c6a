"""IND-1 to IND-3: the national indicators and their contradictions."""

from __future__ import annotations

import pytest

from indicateurs.regles.indicateurs import INDICATEURS, ecarts, verifier_indicateurs

JUSTES = {"i1": 40, "i1b": 25, "i2": 900, "i3": 120, "i4": 3, "i5": 60}


def test_ind_1_les_indicateurs_nationaux():
    assert [i.code for i in INDICATEURS] == ["i1", "i1b", "i2", "i3", "i4", "i5"]
    assert all(i.libelle and i.definition for i in INDICATEURS)


@pytest.mark.parametrize(
    ("change", "faute"),
    [
        pytest.param({}, None, id="justes"),
        pytest.param({"i1b": 41}, "i1b", id="I1b-depasse-I1"),
        pytest.param({"i1b": 40}, None, id="I1b-egale-I1"),
        pytest.param({"i4": 15}, "i4", id="I4-depasse-les-adherents"),
        pytest.param({"i4": 14}, None, id="I4-egale-les-adherents"),
        pytest.param({"i4": 0}, "i4", id="I5-sans-I4"),
        pytest.param({"i4": 0, "i5": 0}, None, id="aucune-consultation"),
        pytest.param({"i2": -1}, "i2", id="negatif"),
        pytest.param({"i1": None}, None, id="pas-encore-donne"),
    ],
)
def test_ind_3_contradictions(change, faute):
    assert list(verifier_indicateurs({**JUSTES, **change}, 14)) == ([faute] if faute else [])


@pytest.mark.parametrize(
    ("valeur", "avant", "alerte"),
    [
        (400, 120, True),
        (360, 120, False),
        (39, 120, True),
        (40, 120, False),
        (9, 1, False),
        (5, None, False),
        (50, 0, False),
    ],
)
def test_ecart_avec_l_an_dernier(valeur, avant, alerte):
    assert bool(ecarts({"i3": valeur}, {"i3": avant})) is alerte

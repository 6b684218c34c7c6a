"""CRI-4 over time: crossings counted once, a projection that is a straight line or says why it is none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.regles.projection import ANNEE, Rupture, projeter, ruptures, valeur

JOUR = date(2026, 3, 2)


def il_y_a(jours: int) -> date:
    return JOUR - timedelta(days=jours)


DEUX_ANS = [(il_y_a(800), 2), (il_y_a(300), 6), (il_y_a(100), 12)]


@pytest.mark.parametrize(
    ("marches", "requis", "etat", "jour"),
    [
        pytest.param(DEUX_ANS, 12, "atteint", il_y_a(100), id="exactement"),
        pytest.param(DEUX_ANS, 5, "atteint", il_y_a(300), id="depuis-le-premier-jour-sans-retour"),
        pytest.param([(il_y_a(800), 6), (il_y_a(500), 4), (il_y_a(200), 7)], 6, "atteint", il_y_a(200), id="reperdu-puis-repris"),
        # 10 gained in 365 days: 8 more take 292 days.
        pytest.param(DEUX_ANS, 20, "prevu", JOUR + timedelta(days=292), id="en-ligne-droite"),
        pytest.param(DEUX_ANS, 13, "prevu", JOUR + timedelta(days=37), id="arrondi-au-jour-qui-suit"),
        pytest.param(DEUX_ANS, 200, "non_estimable", None, id="plus-de-dix-ans"),
        pytest.param([(il_y_a(800), 5)], 6, "non_estimable", None, id="immobile"),
        pytest.param([(il_y_a(800), 5), (il_y_a(10), 4)], 6, "non_estimable", None, id="en-baisse"),
        pytest.param([(il_y_a(364), 5)], 6, "non_estimable", None, id="moins-d-un-an"),
        pytest.param([], 6, "non_estimable", None, id="sans-adherent"),
        pytest.param(DEUX_ANS, None, "non_estimable", None, id="C116"),
    ],
)  # fmt: skip
def test_cri_4_projection(marches, requis, etat, jour):
    p = projeter(marches, JOUR, requis, premiere=marches[0][0] if marches else None)
    assert (p.etat, p.jour) == (etat, jour)
    assert bool(p.raison) is (etat == "non_estimable")


def test_un_franchissement_une_rupture():
    marches = [(il_y_a(50), 11), (il_y_a(40), 10), (il_y_a(30), 9), (il_y_a(20), 10), (il_y_a(10), 8)]
    assert ruptures(marches, 10) == (Rupture(il_y_a(30), 10, 9), Rupture(il_y_a(10), 10, 8))
    assert ruptures(marches, 12) == ruptures(marches, 1) == ruptures(marches, None) == ()


@given(st.lists(st.integers(0, 40), min_size=2, max_size=30), st.integers(1, 40))
def test_la_projection_est_le_premier_jour_ou_la_droite_atteint_le_seuil(effectifs, requis):
    marches = [(il_y_a(20 * (len(effectifs) - i)), n) for i, n in enumerate(effectifs)]
    p = projeter(marches, JOUR, requis, premiere=il_y_a(1000))
    if p.etat != "prevu":
        return
    actuel, avant = valeur(marches, JOUR), valeur(marches, il_y_a(ANNEE))
    jours = (p.jour - JOUR).days
    assert actuel * ANNEE + (actuel - avant) * jours >= requis * ANNEE > actuel * ANNEE + (actuel - avant) * (jours - 1)

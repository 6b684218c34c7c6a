"""CRI-4 and CRI-1d: decided in integers; the cases C106 to C119."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.regles.seuils import evaluer_seuils, pourcent_tronque, requis
from ess_portal.referentiel.regles.parametres import Parametres


@pytest.mark.parametrize(
    ("liberaux", "attendu"),
    [
        pytest.param(100, 10, id="C106"),
        pytest.param(99, 10, id="C107"),
        pytest.param(90, 9, id="C109"),
        pytest.param(30, 3, id="C110"),
        pytest.param(10, 1, id="C112"),
        pytest.param(101, 11, id="CRI-4"),
        pytest.param(1, 1, id="un-seul"),
        pytest.param(0, None, id="C116"),
    ],
)
def test_cri_4_requis(liberaux, attendu):
    assert requis(liberaux, 10) == attendu


@pytest.mark.parametrize(
    ("liberaux", "adherents", "palier", "atteint"),
    [
        pytest.param(101, 10, "creation", False, id="C113"),
        pytest.param(101, 11, "creation", True, id="onze-sur-101"),
        pytest.param(100, 50, "cible", True, id="C118"),
        pytest.param(100, 49, "cible", False, id="quarante-neuf"),
        pytest.param(101, 30, "intermediaire", False, id="trente-sur-101"),
        pytest.param(101, 10, "creation", False, id="C119"),
    ],
)
def test_cri_4_atteint(liberaux, adherents, palier, atteint):
    assert evaluer_seuils(liberaux, adherents, 20)[palier]["atteint"] is atteint


@pytest.mark.parametrize(("base", "atteint"), [("medecins_presents", True), ("liberaux", False)])
def test_c115_dix_medecins(base, atteint):
    assert evaluer_seuils(6, 3, 10, Parametres(base_dix_medecins=base))["dix_medecins"] == {"atteint": atteint}


@pytest.mark.parametrize(
    ("numerateur", "denominateur", "dixiemes"),
    [(23, 148, 155), (10, 101, 99), (1, 10, 100), (0, 5, 0), (3, 0, None)],
)
def test_pourcent_coupe_jamais_arrondi(numerateur, denominateur, dixiemes):
    assert pourcent_tronque(numerateur, denominateur) == dixiemes


@given(st.integers(1, 10**6), st.sampled_from([10, 30, 50]))
def test_cri_4_le_plus_petit_nombre_qui_suffit(liberaux, pour_cent):
    r = requis(liberaux, pour_cent)
    assert 100 * r >= pour_cent * liberaux > 100 * (r - 1)
    assert 1 <= r <= liberaux


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_l_affichage_ne_dit_pas_atteint_avant_l_heure(liberaux, adherents):
    atteint = evaluer_seuils(liberaux, adherents, 10)["creation"]["atteint"]
    assert (pourcent_tronque(adherents, liberaux) >= 100) is atteint

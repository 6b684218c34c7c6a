"""Statistical secrecy: what is hidden stays unknown to somebody who tries every table near the true one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicateurs.regles.secret import Publie, publier


def aplatir(lignes):
    """All counts with their totals, in one order."""
    complet = [[*ligne, sum(ligne)] for ligne in lignes]
    return [n for ligne in [*complet, [sum(c) for c in zip(*complet, strict=True)]] for n in ligne]


def montres(p: Publie):
    lignes = [[*ligne, total] for ligne, total in zip(p.cellules, p.totaux_lignes, strict=True)]
    return [n for ligne in [*lignes, [*p.totaux_colonnes, p.total]] for n in ligne]


def autres(lignes, p: Publie):
    """The tables that show the same numbers and differ from this one by one at most in each hidden count: enough to doubt it."""
    largeur, vus = len(lignes[0]), montres(p)
    plat = [n for ligne in lignes for n in ligne]
    caches = [n is None for ligne in p.cellules for n in ligne]
    for pas in product(*((-1, 0, 1) if cache else (0,) for cache in caches)):
        essai = [n + d for n, d in zip(plat, pas, strict=True)]
        tous = aplatir([essai[r : r + largeur] for r in range(0, len(essai), largeur)])
        if min(tous) >= 0 and all(vu is None or vu == n for vu, n in zip(vus, tous, strict=True)):
            yield tous


@pytest.mark.parametrize(
    ("lignes", "attendu"),
    [
        ([[10, 20], [30, 40]], Publie(((10, 20), (30, 40)), (30, 70), (40, 60), 100)),
        ([[10, 0], [0, 40]], Publie(((10, 0), (0, 40)), (10, 40), (10, 40), 50)),
        # One small count: the rectangle of the smallest others goes with it.
        ([[3, 20, 9], [30, 40, 8]], Publie(((None, 20, None), (None, 40, None)), (32, 78), (33, 60, 17), 110)),
        # Two of a row that its total would give: the other row must hide the same columns.
        ([[2, 3, 50], [60, 70, 80]], Publie(((None, None, 50), (None, None, 80)), (55, 210), (62, 73, 130), 265)),
        # A single small count beside nothing: its totals are it.
        ([[3]], Publie(((None,),), (None,), (None,), None)),
    ],
)
def test_ce_qui_est_montre(lignes, attendu):
    assert publier(lignes) == attendu


@pytest.mark.parametrize("lignes", [[], [[]], [[1], [1, 2]], [[-1]]])
def test_ce_qui_n_est_pas_un_tableau(lignes):
    with pytest.raises(ValueError, match="même longueur"):
        publier(lignes)


petites = st.integers(1, 2).flatmap(
    lambda hauteur: st.integers(1, 3).flatmap(
        lambda largeur: st.lists(
            st.lists(st.integers(0, 6), min_size=largeur, max_size=largeur), min_size=hauteur, max_size=hauteur
        )
    )
)


@settings(max_examples=120)
@given(petites)
def test_aucun_petit_effectif_ne_se_retrouve(lignes):
    p = publier(lignes)
    vrais, vus = aplatir(lignes), montres(p)
    assert all(vu in (None, vrai) for vu, vrai in zip(vus, vrais, strict=True))
    assert not any(vu is not None and 0 < vrai < 5 for vu, vrai in zip(vus, vrais, strict=True))
    tables = list(autres(lignes, p))
    for place, vrai in enumerate(vrais):
        if 0 < vrai < 5:
            assert len({t[place] for t in tables}) > 1, f"{lignes} : l’effectif {place} se retrouve"


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(5, 99), min_size=3, max_size=3), min_size=1, max_size=4))
def test_rien_n_est_cache_sans_raison(lignes):
    assert None not in montres(publier(lignes))

"""Quantiles by nearest rank, against the sorted list itself."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicateurs.regles.repartition import MEDIANE, NEUF_DIXIEMES, quantile


@pytest.mark.parametrize(
    ("valeurs", "mediane", "neuf_dixiemes"),
    [
        ((), None, None),
        ((7,), 7, 7),
        ((1, 2), 1, 2),
        ((1, 2, 3), 2, 3),
        (tuple(range(1, 11)), 5, 9),
        ((5,) * 9 + (60,), 5, 5),
    ],
)
def test_ce_qu_un_lecteur_attend(valeurs, mediane, neuf_dixiemes):
    assert (quantile(Counter(valeurs), MEDIANE), quantile(Counter(valeurs), NEUF_DIXIEMES)) == (mediane, neuf_dixiemes)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.integers(1, 100))
def test_le_rang_le_plus_proche(valeurs, pour_cent):
    part = Fraction(pour_cent, 100)
    assert quantile(Counter(valeurs), part) == sorted(valeurs)[math.ceil(part * len(valeurs)) - 1]


@pytest.mark.parametrize(("effectifs", "part"), [({1: 1}, Fraction(0)), ({1: 1}, Fraction(2)), ({1: -1}, MEDIANE)])
def test_ce_qui_n_est_pas_une_repartition(effectifs, part):
    with pytest.raises(ValueError, match="une part"):
        quantile(effectifs, part)

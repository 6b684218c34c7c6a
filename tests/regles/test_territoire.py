"""CRI-1b: one connected piece."""

from __future__ import annotations

import pytest

from ess_portal.referentiel.regles.territoire import composantes, est_continu

VOISINAGES = {
    "31": ("09", "32", "81"),
    "32": ("31", "65"),
    "65": ("32",),
    "81": ("31",),
    "09": ("31",),
    "75": (),
    "971": (),
}


@pytest.mark.parametrize(
    ("departements", "morceaux"),
    [
        ([], []),
        (["31"], [{"31"}]),
        (["31", "32", "65", "81"], [{"31", "32", "65", "81"}]),
        (["31", "65"], [{"31"}, {"65"}]),
        (["75", "971"], [{"75"}, {"971"}]),
        (["31", "inconnu"], [{"31"}, {"inconnu"}]),
        (["65", "32", "65"], [{"32", "65"}]),
    ],
)
def test_CRI_1b_morceaux_d_un_perimetre(departements: list[str], morceaux: list[set[str]]) -> None:
    trouves = composantes(departements, VOISINAGES)
    assert sorted(map(sorted, trouves)) == sorted(map(sorted, morceaux))
    assert est_continu(departements, VOISINAGES) is (len(morceaux) == 1)

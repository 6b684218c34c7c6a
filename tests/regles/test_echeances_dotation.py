"""The dotation's deadlines from its contracts' own terms, through renewals (DL-7, DUR-1)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.delais import ajouter, entre
from dossiers.regles.faits_delais import DotationFait
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import faits, j, toutes

_jours = st.dates(date(2024, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("depart", "fin", "delai"),
    [
        ("2026-03-02", "2031-03-02", Delai(mois=60)),
        ("2028-02-29", "2033-02-28", Delai(mois=60)),
        ("2026-03-02", "2028-09-02", Delai(mois=30)),
        ("2026-03-31", "2026-04-29", Delai(jours=29)),
        ("2026-03-31", "2026-05-01", Delai(mois=1, jours=1)),
    ],
)
def test_la_duree_entre_deux_jours(depart: str, fin: str, delai: Delai) -> None:
    assert entre(j(depart), j(fin)) == delai


@given(_jours, _jours)
def test_la_duree_ramene_au_terme(un: date, autre: date) -> None:
    depart, fin = sorted((un, autre))
    assert ajouter(depart, entre(depart, fin)) == fin


def dates(*contrats: tuple[str, str, int]) -> tuple[list[tuple[int, date]], date]:
    """(rank, day) of each anniversary, and the last day of the last contract; the set in force says three years."""
    f = faits(
        lettre_recue="2024-03-01",
        effet_dotation=contrats[0][0],
        dotations=tuple(DotationFait(j(effet), j(fin), premiere) for effet, fin, premiere in contrats),
    )
    e = toutes(f, Parametres(duree_contrat_dotation=Delai(mois=36)))
    dl_7 = [(rang, v.dernier_jour) for (regle, _, rang), v in e.items() if regle == "DL-7"]
    return dl_7, e["DUR-1", "dotation", 1].dernier_jour


def test_le_terme_du_contrat_passe_avant_le_reglage() -> None:
    dl_7, fin = dates(("2026-03-02", "2031-03-02", 1))
    assert dl_7 == [(rang, date(2026 + rang, 3, 2)) for rang in range(1, 6)]
    assert fin == j("2031-03-01")


def test_le_renouvellement_laisse_les_anniversaires_du_premier_contrat() -> None:
    dl_7, fin = dates(("2026-03-02", "2031-03-02", 1), ("2031-03-02", "2036-03-02", 6))
    assert dl_7 == [(rang, date(2026 + rang, 3, 2)) for rang in range(1, 11)]
    assert fin == j("2036-03-01")


def test_le_terme_d_un_contrat_renouvele_se_controle_meme_hors_anniversaire() -> None:
    dl_7, _ = dates(("2026-03-02", "2028-09-02", 1), ("2028-09-02", "2030-09-02", 4))
    assert dl_7 == [(1, j("2027-03-02")), (2, j("2028-03-02")), (3, j("2028-09-02")), (4, j("2029-09-02")), (5, j("2030-09-02"))]  # fmt: skip

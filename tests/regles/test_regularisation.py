"""FIN-7 and FIN-10: the correction of an advance, and a contract that ends within its year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financement.regles.regularisation import prorata_resiliation, regularisation

DEBUT = date(2026, 4, 1)


def test_c104_prorata_en_jours():
    p = prorata_resiliation(D("75000.00"), DEBUT, date(2026, 10, 1), [(DEBUT, 55)])
    assert (p.jours, p.sur, p.du, p.a_recuperer) == (183, 365, D("37602.74"), D("37397.26"))


def test_fin_10_moyenne_des_jours_vecus_seulement():
    p = prorata_resiliation(
        D("75000.00"), DEBUT, date(2026, 4, 11), [(DEBUT, 20), (date(2026, 4, 6), 10), (date(2026, 6, 1), 90)]
    )
    assert (p.jours, p.effectif_moyen) == (10, 15)
    assert p.du == D("1445.97")


def test_fin_10_rien_n_est_du_le_premier_jour():
    p = prorata_resiliation(D("75000.00"), DEBUT, DEBUT, [(DEBUT, 55)])
    assert (p.du, p.a_recuperer) == (D("0.00"), D("75000.00"))


def test_fin_10_sous_dix_la_caisse_arbitre():
    arbitre = prorata_resiliation(D("50000.00"), DEBUT, date(2026, 10, 1), [(DEBUT, 9)])
    assert arbitre.du is arbitre.a_recuperer is None
    zero = prorata_resiliation(D("50000.00"), DEBUT, date(2026, 10, 1), [(DEBUT, 9)], sous_10="zero")
    assert (zero.du, zero.a_recuperer) == (D("0.00"), D("50000.00"))


@pytest.mark.parametrize("effective", [date(2026, 3, 31), date(2027, 4, 1)], ids=["avant", "annee-suivante"])
def test_fin_10_la_date_est_de_l_annee(effective):
    with pytest.raises(ValueError, match="hors de l’année"):
        prorata_resiliation(D("75000.00"), DEBUT, effective, [(DEBUT, 55)])


@pytest.mark.parametrize(
    ("avance", "du", "attendu"),
    [("55555.56", "54170.47", "-1385.09"), ("50000.00", "50000.00", "0.00"), ("50000.00", "52777.78", "2777.78")],
)
def test_fin_7_difference_de_montants_arrondis(avance, du, attendu):
    assert regularisation(D(avance), D(du)) == D(attendu)


@given(st.integers(0, 364), st.integers(10, 150))
def test_fin_10_du_et_recuperation_ferment_l_avance(jours, n):
    avance = D("100000.00")
    p = prorata_resiliation(avance, DEBUT, DEBUT + timedelta(jours), [(DEBUT, n)])
    assert p.du + p.a_recuperer == avance
    assert D(0) <= p.du <= avance

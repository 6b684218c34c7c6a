"""The periods of the calendar of échéances: quarters of the civil year, weeks that begin on Mondays, addresses that say nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicateurs.regles.periode import MOIS_SEUL, TRIMESTRE, Periode, contenant, lire

AUJOURDHUI = date(2026, 11, 23)
jours = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("genre", "debut", "du", "au", "titre"),
    [
        ("mois", "2026-12", date(2026, 12, 1), date(2026, 12, 31), "décembre\u00a02026"),
        ("mois", "2028-02", date(2028, 2, 1), date(2028, 2, 29), "février\u00a02028"),
        ("trimestre", "2026-12", date(2026, 10, 1), date(2026, 12, 31), "quatrième trimestre\u00a02026"),
        ("trimestre", "2027-01", date(2027, 1, 1), date(2027, 3, 31), "premier trimestre\u00a02027"),
    ],
)
def test_une_adresse_dit_sa_periode(genre, debut, du, au, titre):
    lue = lire(genre, debut, AUJOURDHUI)
    assert (lue.debut, lue.fin, lue.titre) == (du, au, titre)


@pytest.mark.parametrize(
    "debut", ["", "2026", "2026-13", "2026-00", "0001-01", "9999-12", "2026-12-03", "décembre", "٢٠٢٦-12"]
)
def test_ce_qui_n_est_pas_un_mois_est_le_mois_courant(debut):
    assert lire("", debut, AUJOURDHUI) == Periode(date(2026, 11, 1), 1)


@given(jours, st.sampled_from([MOIS_SEUL, TRIMESTRE]))
def test_les_periodes_se_suivent_sans_trou_et_leurs_semaines_ont_tous_leurs_jours(jour, genre):
    p = contenant(jour, genre)
    assert p.debut <= jour <= p.fin
    assert (p.genre, lire(genre, p.cle, AUJOURDHUI)) == (genre, p)
    suivante = p.voisine(1)
    if suivante is not None:
        assert suivante.debut == p.fin + timedelta(days=1)
        assert suivante.voisine(-1) == p
    vus = [j for mois in p.par_mois() for semaine in mois.semaines() for j in semaine if j]
    assert vus == [p.debut + timedelta(days=n) for n in range(len(vus))]
    assert vus[-1] == p.fin
    assert all(
        len(s) == 7 and all(j is None or j.weekday() == n for n, j in enumerate(s))
        for m in p.par_mois()
        for s in m.semaines()
    )

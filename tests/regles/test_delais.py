"""CAL-1 to CAL-4 and the plain delays of REC and DL-8: the hard days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.delais import (
    ajouter,
    borne,
    contradictoire,
    dernier_jour,
    est_ouvre,
    jour_legal,
    paques,
    reporter,
    retrait_permis,
    retrancher,
)
from ess_portal.referentiel.regles.delai import Delai

j = date.fromisoformat
jours = st.dates(min_value=date(1950, 1, 1), max_value=date(2200, 1, 1))


@pytest.mark.parametrize(
    ("depart", "mois", "attendu"),
    [
        pytest.param("2025-03-10", 2, "2025-05-10", id="C001"),
        pytest.param("2025-12-31", 2, "2026-02-28", id="C002"),
        pytest.param("2025-12-30", 2, "2026-02-28", id="le 30 décembre"),
        pytest.param("2025-12-28", 2, "2026-02-28", id="C004"),
        pytest.param("2023-12-31", 2, "2024-02-29", id="C005 bissextile"),
        pytest.param("2025-06-30", 2, "2025-08-30", id="C007 pas de fin de mois collante"),
        pytest.param("2025-02-28", 6, "2025-08-28", id="28 février + 6"),
        pytest.param("2025-08-31", 6, "2026-02-28", id="C029"),
        pytest.param("2024-02-29", 6, "2024-08-29", id="C031"),
        pytest.param("2025-08-30", 6, "2026-02-28", id="C032"),
        pytest.param("2026-08-31", 18, "2028-02-29", id="C049"),
        pytest.param("2025-01-31", 18, "2026-07-31", id="C047"),
        pytest.param("2024-02-29", 12, "2025-02-28", id="29 février + 1 an"),
        pytest.param("2024-02-29", 48, "2028-02-29", id="29 février + 4 ans"),
        pytest.param("2025-10-31", 1, "2025-11-30", id="31 octobre + 1"),
        pytest.param("2025-12-01", 0, "2025-12-01", id="zéro mois"),
        pytest.param("1900-01-31", 1, "1900-02-28", id="1900 n’est pas bissextile"),
        pytest.param("2000-01-31", 1, "2000-02-29", id="2000 est bissextile"),
    ],
)
def test_CAL_1_de_date_a_date(depart: str, mois: int, attendu: str) -> None:
    assert dernier_jour(j(depart), mois) == j(attendu)


def test_CAL_1_les_mois_puis_les_jours() -> None:
    assert ajouter(j("2025-01-31"), Delai(mois=1, jours=1)) == j("2025-03-01")


@given(jours, st.integers(0, 240))
def test_CAL_1_meme_jour_ou_dernier_du_mois(depart: date, mois: int) -> None:
    fin = dernier_jour(depart, mois)
    assert (fin.year * 12 + fin.month) - (depart.year * 12 + depart.month) == mois
    assert fin.day == depart.day or (fin.day < depart.day and (fin + timedelta(days=1)).day == 1)


@given(jours, jours, st.integers(0, 240))
def test_CAL_1_un_depart_plus_tardif_ne_finit_pas_plus_tot(a: date, b: date, mois: int) -> None:
    assert dernier_jour(min(a, b), mois) <= dernier_jour(max(a, b), mois)


@pytest.mark.parametrize(
    ("jour", "fuseau", "attendu"),
    [
        pytest.param("2025-10-26", "Europe/Paris", "2025-10-26T23:00:00+00:00", id="C133 jour de 25 heures"),
        pytest.param("2025-03-30", "Europe/Paris", "2025-03-30T22:00:00+00:00", id="C134 et C137 jour de 23 heures"),
        pytest.param("2025-12-31", "America/Cayenne", "2026-01-01T03:00:00+00:00", id="C136"),
        pytest.param("2025-06-30", "America/Martinique", "2025-07-01T04:00:00+00:00", id="Martinique"),
        pytest.param("2025-06-30", "America/Guadeloupe", "2025-07-01T04:00:00+00:00", id="Guadeloupe"),
        pytest.param("2025-06-30", "Indian/Reunion", "2025-06-30T20:00:00+00:00", id="La Réunion"),
        pytest.param("2025-06-30", "Indian/Mayotte", "2025-06-30T21:00:00+00:00", id="Mayotte"),
    ],
)
def test_CAL_4_la_borne_est_minuit_local_du_lendemain(jour: str, fuseau: str, attendu: str) -> None:
    assert borne(j(jour), fuseau).isoformat() == attendu


@pytest.mark.parametrize(
    ("instant", "fuseau", "attendu"),
    [
        pytest.param("2025-07-01T01:00:00+00:00", "America/Martinique", "2025-06-30", id="C131"),
        pytest.param("2025-09-10T23:59:59+02:00", "Europe/Paris", "2025-09-10", id="C038"),
        pytest.param("2025-05-10T23:30:00+00:00", "Europe/Paris", "2025-05-11", id="23 h 30 UTC à Paris"),
        pytest.param("2025-07-01T01:30:00+04:00", "Indian/Reunion", "2025-07-01", id="La Réunion"),
        pytest.param("2025-07-01T01:30:00+04:00", "Europe/Paris", "2025-06-30", id="le même instant à Paris"),
    ],
)
def test_CAL_4_le_jour_legal_est_celui_de_l_ars(instant: str, fuseau: str, attendu: str) -> None:
    assert jour_legal(datetime.fromisoformat(instant), fuseau) == j(attendu)


@given(
    jours,
    st.sampled_from(["Europe/Paris", "America/Cayenne", "America/Martinique", "Indian/Reunion", "Indian/Mayotte"]),
)
def test_CAL_4_la_borne_ferme_le_jour_a_la_seconde(jour: date, fuseau: str) -> None:
    fin = borne(jour, fuseau)
    assert jour_legal(fin - timedelta(seconds=1), fuseau) == jour
    assert jour_legal(fin, fuseau) == jour + timedelta(days=1)


@pytest.mark.parametrize(
    ("annee", "attendu"),
    [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25"), (2285, "2285-03-22")],
)
def test_CAL_3_paques(annee: int, attendu: str) -> None:
    assert paques(annee) == j(attendu)


@pytest.mark.parametrize(
    "jour",
    [
        *("2025-01-01", "2025-04-21", "2025-05-01", "2025-05-08", "2025-05-29", "2025-06-09"),
        *("2025-07-14", "2025-08-15", "2025-11-11", "2025-12-25", "2025-11-15", "2025-11-16"),
    ],
)
def test_CAL_3_jours_non_ouvres(jour: str) -> None:
    assert not est_ouvre(j(jour))


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        ("2025-11-14", "2025-11-14"),
        ("2025-11-15", "2025-11-17"),
        ("2025-04-19", "2025-04-22"),
        ("2026-05-01", "2026-05-04"),
        ("2027-12-25", "2027-12-27"),
    ],
)
def test_CAL_3_report_au_premier_jour_ouvre(jour: str, attendu: str) -> None:
    assert reporter(j(jour)) == j(attendu)


@pytest.mark.parametrize(
    ("delai", "fin", "decision"),
    [
        pytest.param("2_mois", "2026-02-28", "2026-03-01", id="C151"),
        pytest.param("1_mois", "2026-01-31", "2026-02-01", id="C152"),
    ],
)
def test_REC_2_procedure_contradictoire(delai: str, fin: str, decision: str) -> None:
    assert contradictoire(j("2025-12-31"), Delai.lire(delai)) == (j(fin), j(decision))


def test_REC_1_paiement_C154() -> None:
    assert ajouter(j("2025-12-15"), Delai.lire("2_mois")) == j("2026-02-15")


@pytest.mark.parametrize(
    ("jour", "fondement", "attendu"),
    [
        pytest.param("2025-09-10", "L242-1", True, id="C025 dernier jour inclus"),
        pytest.param("2025-09-11", "L242-1", False, id="C026"),
        pytest.param("2025-09-11", "L242-2", True, id="C026 conditions non remplies"),
        pytest.param("2025-09-11", "L242-4", True, id="à la demande du bénéficiaire"),
    ],
)
def test_DL_8_retrait(jour: str, fondement: str, attendu: bool) -> None:
    fin = ajouter(j("2025-05-10"), Delai(mois=4))
    assert fin == j("2025-09-10")
    assert retrait_permis(j(jour), fin, fondement) is attendu


@pytest.mark.parametrize(
    ("jour", "delai", "attendu"),
    [
        ("2027-03-01", "12 mois", "2026-03-01"),
        ("2027-03-31", "1 mois", "2027-02-28"),
        ("2027-03-01", "15 jours", "2027-02-14"),
    ],
)
def test_RET_1_le_jour_dont_un_delai_mene_a_celui_ci(jour: str, delai: str, attendu: str) -> None:
    assert retrancher(j(jour), Delai.lire(delai)) == j(attendu)

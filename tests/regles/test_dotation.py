"""The yearly grant: FIN-4 to FIN-10, the cases C070 to C098 and what must hold for any headcount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financement.regles.bareme import Bornes, au_centime, montant, simulations
from financement.regles.dotation import annee_contrat, anniversaire, calculer, date_effet, exigible, six_decimales

AVRIL = date(2025, 4, 1)


@pytest.mark.parametrize(
    ("n", "attendu"),
    [
        pytest.param(10, "50000.00", id="FIN-4-10"),
        pytest.param(11, "50555.56", id="C070"),
        pytest.param(20, "55555.56", id="C071"),
        pytest.param(50, "72222.22", id="C073"),
        pytest.param(55, "75000.00", id="C074"),
        pytest.param(99, "99444.44", id="C076"),
        pytest.param(100, "100000.00", id="C077"),
        pytest.param(250, "100000.00", id="C079"),
    ],
)
def test_fin_4_toute_l_annee(n, attendu):
    dotation = calculer(AVRIL, [(AVRIL, n)])
    assert dotation.montant == D(attendu)
    assert not dotation.a_arbitrer
    assert dotation.simulations == {}


@pytest.mark.parametrize(
    ("n", "attendu"),
    [
        pytest.param(10, "50000.00", id="plancher"),
        pytest.param(55, "55000.00", id="C080"),
        pytest.param(130, "100000.00", id="plafond"),
    ],
)
def test_fin_4_mille_par_medecin(n, attendu):
    assert calculer(AVRIL, [(AVRIL, n)], bareme="mille_par_medecin").montant == D(attendu)


def test_fin_4_table_prend_la_derniere_ligne_atteinte():
    table = [(30, D("70000.00")), (10, D("50000.00"))]
    assert montant(29, bareme="table", table=table) == 50_000
    assert montant(Fraction(61, 2), bareme="table", table=table) == 70_000
    with pytest.raises(ValueError, match="table"):
        montant(9, bareme="table", table=table)


def test_fin_4_bareme_inconnu():
    with pytest.raises(ValueError, match="barème inconnu"):
        montant(20, bareme="quadratique")


def test_fin_4_les_bornes_sont_des_donnees():
    bornes = Bornes(D("60000.00"), D("120000.00"), 20, 80)
    assert calculer(AVRIL, [(AVRIL, 50)], bornes=bornes).montant == D("90000.00")
    assert calculer(AVRIL, [(AVRIL, 19)], bornes=bornes).a_arbitrer


@pytest.mark.parametrize(
    ("sous_10", "attendu"),
    [
        pytest.param("manuel", None, id="C082"),
        pytest.param("plancher", "50000.00", id="C083"),
        pytest.param("prorata_10", "45000.00", id="prorata"),
        pytest.param("lineaire_prolonge", "49444.44", id="C085"),
        pytest.param("zero", "0.00", id="C086"),
    ],
)
def test_fin_8_neuf_medecins(sous_10, attendu):
    dotation = calculer(AVRIL, [(AVRIL, 9)], sous_10=sous_10)
    assert dotation.montant == (None if attendu is None else D(attendu))
    assert dotation.a_arbitrer is (attendu is None)
    assert dotation.simulations == {
        "plancher": D("50000.00"),
        "prorata_10": D("45000.00"),
        "lineaire_prolonge": D("49444.44"),
        "zero": D("0.00"),
    }


ANNEES = [
    pytest.param(AVRIL, [(AVRIL, 20), (date(2025, 10, 1), 15)], {}, 365, "17.506849", "54170.47", id="C088"),
    pytest.param(
        AVRIL,
        [(AVRIL, 20), (date(2025, 10, 1), 15)],
        {"effectif": "date_anniversaire"},
        365,
        "15.000000",
        "52777.78",
        id="C089",
    ),
    pytest.param(
        date(2027, 4, 1),
        [(date(2027, 4, 1), 12), (date(2028, 3, 1), 18)],
        {},
        366,
        "12.508197",
        "51393.44",
        id="C091",
    ),
    pytest.param(AVRIL, [(AVRIL, 90), (date(2025, 10, 1), 120)], {}, 365, "104.958904", "100000.00", id="C092"),
    pytest.param(
        AVRIL,
        [(AVRIL, 90), (date(2025, 10, 1), 120)],
        {"ordre": "moyenne(D)"},
        365,
        "104.958904",
        "97214.61",
        id="FIN-5-moyenne-de-la-formule",
    ),
    pytest.param(AVRIL, [(AVRIL, 12), (AVRIL + timedelta(200), 8)], {}, 365, "10.191781", "50106.54", id="C094"),
    pytest.param(AVRIL, [(AVRIL, 11), (AVRIL + timedelta(183), 8)], {}, 365, "9.504110", None, id="C095"),
]


@pytest.mark.parametrize(("debut", "marches", "reglages", "jours", "moyenne", "attendu"), ANNEES)
def test_fin_5_annee_de_contrat(debut, marches, reglages, jours, moyenne, attendu):
    dotation = calculer(debut, marches, **reglages)
    assert (dotation.jours, six_decimales(dotation.effectif_moyen)) == (jours, moyenne)
    assert dotation.montant == (None if attendu is None else D(attendu))


@pytest.mark.parametrize(("dernier", "alerte"), [(8, True), (10, False)], ids=["C094", "dix"])
def test_fin_8_alerte_de_l_anniversaire(dernier, alerte):
    assert bool(calculer(AVRIL, [(AVRIL, 12), (AVRIL + timedelta(200), dernier)]).alertes) is alerte


def test_fin_5_le_premier_effectif_vaut_des_le_premier_jour():
    with pytest.raises(ValueError, match="premier jour"):
        calculer(AVRIL, [(AVRIL + timedelta(1), 20)])
    with pytest.raises(ValueError, match="premier jour"):
        calculer(AVRIL, [])


def test_fin_5_l_explication_dit_chaque_pas():
    lignes = calculer(AVRIL, [(AVRIL, 20), (date(2025, 10, 1), 15)]).explication
    assert [e["valeur"] for e in lignes] == ["3\u00a0660", "2\u00a0730", "17,506849", "54\u00a0170,47\u00a0€"]
    assert lignes[0]["libelle"] == "À partir du 1er\u00a0avril\u00a02025"


def test_c097_anniversaires_sans_derive():
    effet = date(2028, 2, 29)
    assert [anniversaire(effet, r) for r in range(1, 5)] == [
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    ]
    assert annee_contrat(effet, 1) == (effet, date(2029, 2, 27))
    assert annee_contrat(effet, 4) == (date(2031, 2, 28), date(2032, 2, 28))


@pytest.mark.parametrize(
    ("pieces", "controle", "attendu"),
    [
        pytest.param(date(2026, 5, 16), date(2026, 5, 20), date(2026, 5, 20), id="C098"),
        pytest.param(date(2026, 3, 2), date(2026, 3, 4), date(2026, 4, 1), id="avant-l-anniversaire"),
        pytest.param(None, date(2026, 5, 20), None, id="sans-pieces"),
        pytest.param(date(2026, 5, 16), None, None, id="sans-controle"),
    ],
)
def test_fin_6_exigible(pieces, controle, attendu):
    assert exigible(date(2026, 4, 1), pieces, controle) == attendu


@pytest.mark.parametrize(
    ("signature", "fin_ars", "attendu"),
    [
        pytest.param(date(2025, 10, 15), date(2025, 12, 31), date(2026, 1, 1), id="C064"),
        pytest.param(date(2025, 10, 15), None, date(2025, 10, 15), id="sans-ars"),
        pytest.param(date(2026, 2, 1), date(2025, 12, 31), date(2026, 2, 1), id="ars-deja-finie"),
        pytest.param(date(2024, 11, 3), None, date(2025, 1, 1), id="FIN-3"),
    ],
)
def test_fin_6_date_d_effet(signature, fin_ars, attendu):
    assert date_effet(signature, fin_ars) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(5, 2), "2.50"),
    ],
)
def test_au_centime_arrondit_la_moitie_vers_le_haut(valeur, attendu):
    assert au_centime(valeur) == D(attendu)


@given(st.fractions(min_value=10, max_value=1000), st.fractions(min_value=0, max_value=50))
def test_fin_4_plus_de_medecins_jamais_moins(n, plus):
    for bareme in ("lineaire", "mille_par_medecin"):
        assert 50_000 <= montant(n, bareme=bareme) <= montant(n + plus, bareme=bareme) <= 100_000


@given(st.integers(0, 9))
def test_fin_8_le_plancher_est_le_plus_haut(n):
    s = simulations(n)
    assert s["zero"] <= min(s["prorata_10"], s["lineaire_prolonge"])
    assert max(s.values()) == s["plancher"]


@given(
    st.dates(date(2025, 1, 1), date(2060, 12, 31)),
    st.dictionaries(st.integers(1, 364), st.integers(0, 200), max_size=12),
    st.integers(0, 200),
)
def test_fin_5_la_moyenne_est_celle_des_jours(debut, changements, premier):
    marches = [(debut, premier), *((debut + timedelta(j), n) for j, n in sorted(changements.items()))]
    dotation, par_jour, courant = calculer(debut, marches), [], premier
    for j in range(dotation.jours):
        courant = changements.get(j, courant) if j else premier
        par_jour.append(courant)
    assert dotation.jours == (anniversaire(debut, 1) - debut).days
    assert dotation.effectif_moyen == Fraction(sum(par_jour), dotation.jours)
    assert min(par_jour) <= dotation.effectif_moyen <= max(par_jour)
    if dotation.montant is not None:
        assert dotation.montant == au_centime(montant(dotation.effectif_moyen))

"""The seed credit: FIN-1, FIN-13, TRA-1 to TRA-5, the cases C055 to C067."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financement.regles.amorcage import alerte_credit_unique, parts, plafond, reste_du

euros = st.decimals(min_value=D("0.01"), max_value=D("10000000.00"), places=2)


@pytest.mark.parametrize(
    ("schema", "attendu"),
    [
        pytest.param("50_50", {"amorcage_1": D("40000.00"), "amorcage_2": D("40000.00")}, id="C055-C058"),
        pytest.param("100_signature", {"amorcage_unique": D("80000.00")}, id="C059"),
    ],
)
def test_fin_1_parts(schema, attendu):
    assert parts(plafond("standard"), schema=schema) == attendu


@pytest.mark.parametrize(
    ("regime", "attendu"),
    [
        pytest.param("standard", "80000.00", id="C067-TRA-1"),
        pytest.param("existante_conforme", "0.00", id="C064-TRA-2"),
        pytest.param("mise_en_conformite", "24000.00", id="C062-TRA-3"),
        pytest.param("en_projet_credit_ars", "24000.00", id="TRA-4"),
        pytest.param("hors_champ", "0.00", id="TRA-5"),
    ],
)
def test_tra_plafond(regime, attendu):
    assert plafond(regime) == D(attendu)


@pytest.mark.parametrize("schema", ["50_50", "100_signature"])
@pytest.mark.parametrize("regime", ["mise_en_conformite", "en_projet_credit_ars"])
def test_tra_3_en_une_fois(regime, schema):
    assert parts(plafond(regime), schema=schema, regime=regime) == {"transitoire": D("24000.00")}


def test_rien_a_verser_aucune_part():
    assert parts(plafond("existante_conforme"), regime="existante_conforme") == {}


@given(euros, st.sampled_from(["50_50", "100_signature"]), st.sampled_from(["standard", "mise_en_conformite"]))
def test_les_parts_font_le_tout(montant, schema, regime):
    p = parts(montant, schema=schema, regime=regime)
    assert sum(p.values()) == montant
    assert all(v >= 0 and v == v.quantize(D("0.01")) for v in p.values())


@pytest.mark.parametrize(
    ("part", "recu", "attendu"),
    [
        pytest.param("40000.00", "0.00", "40000.00", id="rien-recu"),
        pytest.param("40000.00", "80000.00", "0.00", id="C061-doublon"),
        pytest.param("40000.00", "50000.00", "30000.00", id="deduit"),
        pytest.param("40000.00", "90000.00", "0.00", id="jamais-negatif"),
    ],
)
def test_fin_13_un_seul_credit(part, recu, attendu):
    assert reste_du(D(part), plafond=D("80000.00"), deja_recu=D(recu)) == D(attendu)


@given(euros, euros, euros)
def test_fin_13_le_plafond_n_est_jamais_depasse(part, plafond_, recu):
    du = reste_du(part, plafond=plafond_, deja_recu=recu)
    assert 0 <= du <= part
    assert du == 0 or recu + du <= plafond_


@pytest.mark.parametrize(
    ("contrat", "verse", "ailleurs", "dit"),
    [
        ("80000", "80000", "0", ""),
        ("40000", "40000", "40000", ""),
        ("80000", "40000.01", "40000", "soit 0,01\u00a0€ de plus"),
        ("80000", "40000", "40000", "il ne reste rien à lui verser"),
        ("80000", "0", "90000", "il ne reste rien à lui verser"),
        ("50000", "10000", "40000", "il ne reste que 30\u00a0000,00\u00a0€"),
    ],
)
def test_fin_13_ce_qu_un_credit_repris_a_contre_lui(contrat, verse, ailleurs, dit):
    phrase = alerte_credit_unique(D(80_000), contrat=D(contrat), verse=D(verse), ailleurs=D(ailleurs))
    assert dit in phrase
    assert bool(phrase) is bool(dit)

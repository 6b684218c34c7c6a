"""§6: TRA-1 to TRA-7, the cases C062 to C068."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.statuts import Statut
from financement.regles.amorcage import plafond
from financement.regles.transitoire import (
    REGIMES,
    alerte_chevauchement,
    effet_apres_ars,
    jours_de_chevauchement,
    recuperation_proposee,
    suite_non_conforme,
)


@pytest.mark.parametrize(
    ("code", "entree"),
    [
        ("standard", "brouillon"),
        ("existante_conforme", "projet_valide"),
        ("mise_en_conformite", "lettre_validee"),
        ("en_projet_credit_ars", "lettre_validee"),
        ("hors_champ", "clos"),
    ],
)
def test_tra_entree(code, entree):
    assert REGIMES[code].entree == Statut(entree)


def test_tra_les_drapeaux_disent_ce_que_paie_le_plafond():
    for code, regime in REGIMES.items():
        assert (plafond(code) > 0) is (regime.amorcage or regime.part_transitoire)


def test_c064_sans_chevauchement():
    assert effet_apres_ars(date(2025, 12, 31)) == date(2026, 1, 1)
    assert jours_de_chevauchement(date(2026, 1, 1), date(2025, 12, 31)) == 0


@pytest.mark.parametrize(
    ("declencheur", "signature", "effet", "alerte"),
    [("signature", 31, 32, True), ("signature", 32, 33, False), ("effet", 20, 32, False), ("effet", 20, 31, True)],
)
def test_tra_6_le_declencheur_est_un_reglage(declencheur, signature, effet, alerte):
    def jour(rang: int) -> date:
        return date(2025, 12, 1) + timedelta(rang - 1)

    assert alerte_chevauchement(declencheur, jour(signature), jour(effet), jour(31)) is alerte


def test_c065_effet_force():
    assert jours_de_chevauchement(date(2025, 11, 1), date(2025, 12, 31)) == 61
    proposee = recuperation_proposee(D("60000.00"), date(2025, 1, 1), date(2025, 12, 31), date(2025, 11, 1))
    assert proposee == D("10027.40")


@pytest.mark.parametrize(
    ("reglage", "suite"),
    [pytest.param("arbitrage", "a_arbitrer", id="C068"), ("oui", "a_recuperer"), ("non", "acquis")],
)
def test_tra_7_projet_modifie_non_conforme(reglage, suite):
    assert suite_non_conforme(reglage) == suite


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 800), st.integers(-900, 900))
def test_tra_6_jamais_plus_que_le_financement(debut, duree, decalage):
    fin, montant = debut + timedelta(duree), D("60000.00")
    effet = debut + timedelta(decalage)
    proposee = recuperation_proposee(montant, debut, fin, effet)
    assert D(0) <= proposee <= montant
    assert (proposee == montant) is (effet <= debut)
    assert (proposee == 0) is (effet > fin)

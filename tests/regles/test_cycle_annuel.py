"""FIN-6 and DL-7: due at the latest of the three days, suspended while one is missing; the case C098."""

from __future__ import annotations

from datetime import date

import pytest

from financement.regles.cycle_annuel import FaitsCycle, cycle

ANNIVERSAIRE, RECU, CONTROLE = date(2026, 4, 1), date(2026, 5, 16), date(2026, 5, 20)
PLEIN = {"rapport_recu_le": RECU, "controle_le": CONTROLE, "controle_conforme": True}


def le(jour, **faits):
    return cycle(FaitsCycle(jour=jour, anniversaire=ANNIVERSAIRE, **faits))


def test_c098_exigible_au_dernier_des_trois():
    assert (le(CONTROLE, **PLEIN).code, le(CONTROLE, **PLEIN).exigible_le) == ("exigible", CONTROLE)
    tot = {**PLEIN, "rapport_recu_le": date(2026, 3, 10), "controle_le": date(2026, 3, 12)}
    assert le(date(2026, 3, 31), **tot).code == "a_venir"
    assert (le(ANNIVERSAIRE, **tot).code, le(ANNIVERSAIRE, **tot).exigible_le) == ("exigible", ANNIVERSAIRE)


@pytest.mark.parametrize(
    ("faits", "qui"),
    [
        pytest.param({"rapport_recu_le": None}, ["equipe"], id="sans-rapport"),
        pytest.param({"controle_le": None, "controle_conforme": None}, ["caisse"], id="sans-controle"),
        pytest.param({"controle_conforme": False}, ["equipe"], id="controle-non-conforme"),
        pytest.param({"rapport_recu_le": None, "controle_conforme": None}, ["equipe", "caisse"], id="rien"),
    ],
)
def test_ce_qui_manque_suspend_des_l_anniversaire(faits, qui):
    veille, jour = le(date(2026, 3, 31), **{**PLEIN, **faits}), le(ANNIVERSAIRE, **{**PLEIN, **faits})
    assert (veille.code, jour.code, jour.exigible_le) == ("a_venir", "suspendu", None)
    assert [a for a, _ in jour.manques] == qui
    assert le(CONTROLE, paye_le=CONTROLE, **{**PLEIN, **faits}).code == "paye"

"""REC-1 and REC-2: opening, contradictory delay, delay to pay; the cases C047 to C050 and C151 to C154."""

from __future__ import annotations

from datetime import date

import pytest

from dossiers.regles.delais import dernier_jour
from ess_portal.referentiel.regles.delai import Delai
from financement.regles.recuperation import calendrier, ouverture_possible, paiement_jusquau


@pytest.mark.parametrize(
    ("lettre", "activites", "ouverture"),
    [
        pytest.param(date(2025, 1, 31), 0, date(2026, 8, 1), id="C047"),
        pytest.param(date(2026, 8, 31), 0, date(2028, 3, 1), id="C049"),
        pytest.param(date(2024, 8, 31), 1, None, id="C050"),
    ],
)
def test_rec_1_ouverture(lettre, activites, ouverture):
    assert ouverture_possible(dernier_jour(lettre, 18), activites) == ouverture


@pytest.mark.parametrize(
    ("delai", "observations", "decision"),
    [
        pytest.param("2_mois", date(2026, 2, 28), date(2026, 3, 1), id="C151"),
        pytest.param("1_mois", date(2026, 1, 31), date(2026, 2, 1), id="C152"),
    ],
)
def test_rec_2_contradictoire(delai, observations, decision):
    c = calendrier(date(2025, 12, 31), delai_contradictoire=Delai.lire(delai))
    assert (c.observations_jusquau, c.decision_des) == (observations, decision)


def test_c154_paiement():
    assert paiement_jusquau(date(2025, 12, 15), delai_paiement=Delai(mois=2)) == date(2026, 2, 15)

"""Steps before a date (REL-1), and before the end of a contract (DUR-1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dossiers.regles.relances import jours_avant, palier_atteint
from ess_portal.referentiel.regles.parametres import Parametres


@pytest.mark.parametrize(
    ("fin", "alertes"),
    [
        (date(2031, 3, 31), (date(2030, 9, 30), date(2030, 12, 31))),
        (date(2030, 8, 31), (date(2030, 2, 28), date(2030, 5, 31))),
        (date(2028, 8, 29), (date(2028, 2, 29), date(2028, 5, 29))),
    ],
)
def test_six_et_trois_mois_avant_la_fin_de_date_a_date(fin: date, alertes: tuple[date, date]) -> None:
    assert tuple(fin - timedelta(days=n) for n in jours_avant(fin, Parametres().alertes_fin_contrat)) == alertes


def test_le_palier_le_plus_proche_seulement() -> None:
    paliers = (184, 92, 30, 15)
    assert [palier_atteint(n, paliers) for n in (185, 184, 93, 92, 20, 15, 0)] == [None, 184, 184, 92, 30, 15, 15]

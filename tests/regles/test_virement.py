"""SEPA's characters, and the days on which banks settle: against dateutil's Easter, another implementation."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from financement.regles.virement import ADMIS, est_ouvre, ouvre_suivant, paques, reference_sepa, texte_sepa


def test_paques_de_deux_siecles():
    assert [paques(a) for a in range(1900, 2100)] == [easter(a) for a in range(1900, 2100)]


@pytest.mark.parametrize(
    ("jour", "ouvre", "suivant"),
    [
        (date(2026, 4, 2), True, date(2026, 4, 7)),  # Holy Thursday: the week-end of Easter is four days
        (date(2026, 4, 3), False, date(2026, 4, 7)),
        (date(2026, 5, 1), False, date(2026, 5, 4)),
        (date(2026, 5, 8), True, date(2026, 5, 11)),  # a French holiday is a day of the banks
        (date(2026, 12, 24), True, date(2026, 12, 28)),
        (date(2027, 1, 1), False, date(2027, 1, 4)),
    ],
)
def test_jours_de_banque(jour: date, ouvre: bool, suivant: date):
    assert (est_ouvre(jour), ouvre_suivant(jour)) == (ouvre, suivant)


def test_textes_d_une_equipe():
    assert texte_sepa("Équipe « Cœur & Poumon » – Haute‑Garonne", 70) == "Equipe Coeur + Poumon - Haute Garonne"
    assert texte_sepa("é" * 200, 70) == "e" * 70
    assert reference_sepa("/L-2026//0001/") == "L-2026/0001"


@given(st.text(max_size=300))
def test_rien_d_autre_ne_passe(texte: str):
    rendu = texte_sepa(texte, 70)
    assert set(rendu) <= ADMIS
    assert len(rendu) <= 70
    assert rendu == rendu.strip()
    reference = reference_sepa(texte)
    assert len(reference) <= 35
    assert "//" not in reference
    assert reference.strip("/ ") == reference

"""French figures and dates: what is written to the letter, and what is never rounded up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

from ess_portal.socle import typographie

NB = "\u00a0"


def rendre(source: str, **contexte: object) -> str:
    return Template("{% load ess %}" + source).render(Context(contexte))


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 5, 10), f"10{NB}mai{NB}2026"),
        (date(2026, 5, 1), f"1er{NB}mai{NB}2026"),
        (date(2024, 2, 29), f"29{NB}février{NB}2024"),
        (date(2026, 8, 31), f"31{NB}août{NB}2026"),
        (date(2026, 12, 1), f"1er{NB}décembre{NB}2026"),
    ],
)
def test_date(jour: date, attendu: str) -> None:
    assert typographie.date_fr(jour) == attendu


def test_un_instant_n_est_pas_un_jour() -> None:
    with pytest.raises(TypeError):
        typographie.date_fr(datetime(2026, 5, 10, 22, tzinfo=UTC))


def test_jour_de_la_semaine() -> None:
    assert typographie.jour_fr(date(2026, 4, 28)) == f"mardi 28{NB}avril{NB}2026"
    assert rendre('{{ j|jour_fr:"exposant" }}', j=date(2026, 5, 1)) == f"vendredi 1<sup>er</sup>{NB}mai{NB}2026"


@pytest.mark.parametrize(
    ("instant", "fuseau", "attendu"),
    [
        (datetime(2026, 5, 10, 12, 2, tzinfo=UTC), "Europe/Paris", f"10{NB}mai{NB}2026 à{NB}14{NB}h{NB}02"),
        (datetime(2026, 5, 10, 22, 0, tzinfo=UTC), "Europe/Paris", f"11{NB}mai{NB}2026 à{NB}0{NB}h{NB}00"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Europe/Paris", f"29{NB}mars{NB}2026 à{NB}1{NB}h{NB}59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Europe/Paris", f"29{NB}mars{NB}2026 à{NB}3{NB}h{NB}00"),
        (datetime(2026, 6, 30, 21, 30, tzinfo=UTC), "Indian/Reunion", f"1er{NB}juillet{NB}2026 à{NB}1{NB}h{NB}30"),
        (datetime(2026, 1, 1, 2, 0, tzinfo=UTC), "America/Martinique", f"31{NB}décembre{NB}2025 à{NB}22{NB}h{NB}00"),
    ],
)
def test_instant(instant: datetime, fuseau: str, attendu: str) -> None:
    assert typographie.instant_fr(instant, fuseau) == attendu


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        (0, f"0{NB}€"),
        (40000, f"40{NB}000{NB}€"),
        (Decimal("40000.00"), f"40{NB}000{NB}€"),
        (Decimal("40000.50"), f"40{NB}000,50{NB}€"),
        ("54170.47", f"54{NB}170,47{NB}€"),
        (Decimal("-2529.68"), f"\u22122{NB}529,68{NB}€"),
        (Decimal("-0.50"), f"\u22120,50{NB}€"),
        (1_960_000, f"1{NB}960{NB}000{NB}€"),
    ],
)
def test_euros(montant: int | Decimal | str, attendu: str) -> None:
    assert typographie.euros(montant) == attendu
    assert "\u202f" not in attendu


def test_euros_avec_centimes() -> None:
    assert rendre('{{ m|euros:"centimes" }}', m=80000) == f"80{NB}000,00{NB}€"
    assert rendre("[{{ m|euros }}]", m=None) == "[]"
    assert rendre("{{ m|euros }}", m=Decimal(0)) == f"0{NB}€"


@pytest.mark.parametrize(
    ("taux", "attendu"),
    [
        (Decimal("15.54"), f"15,5{NB}%"),
        (Decimal("9.99"), f"9,9{NB}%"),
        (Decimal("9.9999999"), f"9,9{NB}%"),
        (Decimal("10.00"), f"10{NB}%"),
        (Decimal("100"), f"100{NB}%"),
        (Decimal("0.04"), f"0{NB}%"),
    ],
)
def test_pourcentage_coupe_jamais_arrondi(taux: Decimal, attendu: str) -> None:
    assert typographie.pourcent_tronque(taux) == attendu


@pytest.mark.parametrize(
    ("n", "d", "attendu"), [(23, 148, f"15,5{NB}%"), (11, 124, f"8,8{NB}%"), (1, 3, f"33,3{NB}%"), (5, 0, None)]
)
def test_part_en_entiers(n: int, d: int, attendu: str | None) -> None:
    assert typographie.part(n, d) == attendu


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2026, 4, 28), "aujourd’hui"),
        (date(2026, 4, 29), "demain"),
        (date(2026, 5, 10), "dans 12 jours"),
        (date(2026, 4, 27), "en retard de 1 jour"),
        (date(2026, 4, 25), "en retard de 3 jours"),
        (date(2027, 4, 28), "dans 365 jours"),
        (date(2027, 6, 27), "dans 13 mois"),
        (date(2027, 6, 28), "dans 14 mois"),
    ],
)
def test_dans(jour: date, attendu: str) -> None:
    assert typographie.dans(jour, date(2026, 4, 28)) == attendu


def test_nombres() -> None:
    assert typographie.nombre(10057) == f"10{NB}057"
    assert typographie.nombre(Decimal("27.553425")) == "27,553425"
    assert typographie.nombre(Decimal("27.559"), 2) == "27,55"
    assert typographie.taille_fichier(84_000) == f"84{NB}Ko"
    assert typographie.taille_fichier(1_250_000) == f"1,2{NB}Mo"
    assert rendre('{{ n|accord:"dossier,dossiers" }}', n=1) == "1 dossier"
    assert rendre('{{ n|accord:"cheval,chevaux" }}', n=2) == "2 chevaux"

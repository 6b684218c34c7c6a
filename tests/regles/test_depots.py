"""CAL-8: which days of a filing that did not come through the portal hold together."""

from __future__ import annotations

from datetime import date

import pytest

from dossiers.regles.depots import numero_ds, verifier_depot, verifier_pieces

j = date.fromisoformat


@pytest.mark.parametrize(
    ("depot", "reception", "champs"),
    [
        ("2026-03-01", "2026-03-04", set()),
        ("2026-03-10", "2026-03-10", set()),
        ("2026-01-01", "2026-01-01", set()),
        ("2026-03-11", "2026-03-11", {"date_depot", "date_reception"}),
        ("2026-03-01", "2026-03-11", {"date_reception"}),
        ("2026-03-04", "2026-03-03", {"date_reception"}),
        ("2025-12-31", "2026-03-04", {"date_depot"}),
        ("2025-12-31", "2025-12-30", {"date_depot", "date_reception"}),
    ],
)
def test_CAL_8_les_jours_d_un_depot(depot: str, reception: str, champs: set[str]) -> None:
    erreurs = verifier_depot(
        j(depot), j(reception), aujourdhui=j("2026-03-10"), apres=j("2026-01-01"), fait="le fait d’avant"
    )
    assert set(erreurs) == champs
    assert all(phrase.endswith(".") for phrase in erreurs.values())


def test_un_projet_n_est_recu_que_sur_une_lettre_validee() -> None:
    """Posted before, received before: refused on the receipt, with the day from which to enter it (§3, DL-3)."""
    jours = {"aujourdhui": j("2026-05-15"), "recevable_le": j("2026-05-03")}
    erreurs = verifier_depot(j("2026-03-08"), j("2026-03-10"), **jours)
    assert set(erreurs) == {"date_reception"}
    assert "depuis le 3\u00a0mai\u00a02026" in erreurs["date_reception"]
    assert verifier_depot(j("2026-03-08"), j("2026-05-03"), **jours) == {}


@pytest.mark.parametrize(("reception", "admise"), [("2026-03-04", True), ("2026-03-03", False), ("2026-03-11", False)])
def test_CAL_8_les_pieces_suivent_leur_demande(reception: str, admise: bool) -> None:
    erreurs = verifier_pieces(j(reception), aujourdhui=j("2026-03-10"), demandee_le=j("2026-03-04"))
    assert set(erreurs) == (set() if admise else {"date_reception"})


@pytest.mark.parametrize(
    ("saisi", "lu"),
    [
        ("123456", "123456"),
        (" n° 12 345 678 ", "12345678"),
        ("DS-12", None),
        ("", None),
        ("1" * 13, None),
        ("１２", None),
    ],
)
def test_un_numero_de_demarches_simplifiees(saisi: str, lu: str | None) -> None:
    assert numero_ds(saisi) == lu

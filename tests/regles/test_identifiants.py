"""§8: identifiers, by format and key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess_portal.referentiel.regles.identifiants import TYPES, verifier


@pytest.mark.parametrize(
    ("type_", "valeur", "normalise"),
    [
        pytest.param("finess", "750712184", "750712184", id="C139"),
        pytest.param("finess", "750712185", None, id="C140"),
        pytest.param("finess", "2A 000 001 4", "2A0000014", id="Corse-du-Sud"),
        pytest.param("finess", "2B0000020", "2B0000020", id="C142"),
        pytest.param("finess", "2b0000020", "2B0000020", id="minuscule"),
        pytest.param("finess", "2A0000020", None, id="la clé de 2B n’est pas celle de 2A"),
        pytest.param("finess", "75 071 218 4", "750712184", id="C143"),
        pytest.param("finess", "75\u00a0071\u202f218 4", "750712184", id="espaces insécables"),
        pytest.param("finess", "960000007", None, id="96 n’est pas un département"),
        pytest.param("finess", "75071218", None, id="trop court"),
        pytest.param("finess", "７50712184", None, id="chiffre pleine chasse"),
        pytest.param("rpps", "10003456787", None, id="clé RPPS fausse"),
        pytest.param("rpps", "10003456786", "10003456786", id="RPPS"),
        pytest.param("rpps", "810003456786", "10003456786", id="préfixe 8"),
        pytest.param("rpps", "1000345678", None, id="RPPS court"),
        pytest.param("rna", "W313048127", "W313048127", id="RNA"),
        pytest.param("rna", "w9C1234567", "W9C1234567", id="RNA outre-mer"),
        pytest.param("rna", "W31304812", None, id="RNA court"),
        pytest.param("rna", "WA13048127", None, id="RNA sans chiffre"),
        pytest.param("siren", "732829320", "732829320", id="C146"),
        pytest.param("siren", "732 829 320", "732829320", id="SIREN espacé"),
        pytest.param("siren", "732829321", None, id="clé SIREN"),
        pytest.param("siret", "35600000049837", "35600000049837", id="C148 La Poste"),
        pytest.param("siret", "73282932000074", "73282932000074", id="SIRET"),
        pytest.param("siret", "73282932000075", None, id="clé SIRET"),
        pytest.param("iban", "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", id="C149"),
        pytest.param("iban", "FR15 2004 1010 0505 0001 3M02 606", None, id="clé IBAN"),
        pytest.param("iban", "FR1420041010050500013M0260", None, id="IBAN court"),
    ],
)
def test_identifiant(type_: str, valeur: str, normalise: str | None) -> None:
    verdict = verifier(type_, valeur)
    assert (verdict.valide, verdict.normalise) == (normalise is not None, normalise)
    assert (verdict.message is None) is verdict.valide


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("valeur", ["", "   ", "\x00", "é", "'; DROP TABLE", "0" * 5000, "²" * 9])
def test_une_valeur_mal_formee_n_est_pas_une_faute(type_: str, valeur: str) -> None:
    verdict = verifier(type_, valeur)
    assert not verdict.valide
    assert verdict.normalise is None


@given(st.sampled_from(TYPES), st.text(max_size=40))
def test_ne_leve_jamais_et_normalise_une_fois_pour_toutes(type_: str, valeur: str) -> None:
    verdict = verifier(type_, valeur)
    if verdict.normalise is not None:
        assert verifier(type_, verdict.normalise) == verdict


@given(st.integers(0, 9_999_999), st.sampled_from(["01", "2A", "2B", "31", "95", "97", "98"]))
def test_une_seule_cle_finess_par_racine(racine: int, departement: str) -> None:
    valides = [c for c in range(10) if verifier("finess", f"{departement}{racine:07d}"[:8] + str(c)).valide]
    assert len(valides) == 1


def test_un_type_inconnu_est_une_faute_du_programme() -> None:
    with pytest.raises(ValueError, match="inconnu"):
        verifier("adeli", "1")

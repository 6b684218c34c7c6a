"""The extract of the directory, its rules alone: numbers, names, blocks cut anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.regles.extrait import MODES, casse, mots, rpps_juste
from adhesions.regles.lecture import Lecteur
from ess_portal.referentiel.regles.identifiants import verifier
from tests.outillage.annuaire import Personne, rpps


@given(
    st.one_of(st.from_regex(r"[0-9]{11}", fullmatch=True), st.text(max_size=13), st.integers(0, 99_999_999).map(rpps))
)
def test_la_cle_est_celle_des_identifiants(numero: str):
    """§8: the fast check and the one of the forms never differ on eleven characters."""
    if len(numero) == 11 and not any(c.isspace() for c in numero):
        assert rpps_juste(numero) == verifier("rpps", numero).valide
    else:
        assert not rpps_juste(numero) or len(numero) == 11


def test_le_mode_de_chaque_ensemble_d_activites():
    assert MODES == ("", "liberal", "hospitalier", "mixte", "salarie", "mixte", "hospitalier", "mixte")


@pytest.mark.parametrize(
    ("publie", "ecrit"),
    [
        ("DUPONT", "Dupont"),
        ("LE BIHANNIC", "Le Bihannic"),
        ("D'ARGENT", "D'Argent"),
        ("GUIVARC'H", "Guivarc'h"),
        ("SABATIER-LOMNÉ", "Sabatier-Lomné"),
        ("McGregor", "McGregor"),
        ("", ""),
    ],
)
def test_un_nom_en_capitales_s_ecrit_comme_un_nom(publie, ecrit):
    assert casse(publie) == ecrit


def test_les_mots_se_comparent_sans_accent_ni_casse():
    assert mots("ÉLODIE Bœuf-d’Œuvre") == "elodie boeuf d oeuvre"
    assert mots("  ") == ""


@given(st.lists(st.integers(1, 12), max_size=8))
def test_les_blocs_coupes_n_importe_ou_disent_la_meme_chose(tailles: list[int]):
    lignes = [ligne.encode() + b"\n" for n in range(1, 13) for ligne in Personne(rpps(n // 2)).lignes()]
    lignes[3] = b"cass\xe9e\n"

    def lire(decoupe: list[int]) -> tuple:
        lecteur, reste, rangees, rejets = Lecteur("utf-8", ["SM04"], ["31"]), list(lignes), [], []
        for taille in [*decoupe, len(lignes)]:
            bloc, reste = reste[:taille], reste[taille:]
            if bloc:
                lot = lecteur.lire(b"".join(bloc))
                rangees += lot.gardees
                rejets += lot.rejets
        return rangees, rejets, lecteur.numero

    assert lire(tailles) == lire([])
    assert lire([])[1:] == ([(5, "encodage", "")], 13)

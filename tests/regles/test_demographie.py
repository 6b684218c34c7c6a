"""Figures by département: read whole, or every faulty line named."""

from __future__ import annotations

import pytest

from adhesions.regles.demographie import Chiffre, lire

DEPARTEMENTS = {"01": True, "31": True, "2A": True, "35": False}
GROUPES = {"cardiologie": ["cardiologie"], "sm04": ["cardiologie"], "sm99": ["a", "b"]}
ENTETE = ["Département", "specialite", "liberaux", "presents"]


def lu(*lignes):
    return lire([ENTETE, *(x.split(";") for x in lignes)], departements=DEPARTEMENTS, groupes=GROUPES)


def test_codes_groupes_et_zero_mange_par_le_tableur():
    lecture = lu("31;SM04;120;180", "1;cardiologie;9;12", "", "2a;SM99;0;0")
    assert lecture.erreurs == ()
    assert lecture.chiffres == (
        Chiffre("31", "cardiologie", 120, 180),
        Chiffre("01", "cardiologie", 9, 12),
        Chiffre("2A", "a", 0, 0),
        Chiffre("2A", "b", 0, 0),
    )


@pytest.mark.parametrize(
    ("ligne", "mot"),
    [
        ("99;SM04;1;2", "inconnu"),
        ("35;SM04;1;2", "votre région"),
        ("31;SM00;1;2", "inconnue"),
        ("31;SM04;deux;2", "entier"),
        ("31;SM04;-1;2", "entier"),
        ("31;SM04;1,5;2", "entier"),
        ("31;SM04;²;2", "entier"),
        ("31;SM04;3;2", "dépasser"),
        ("31;SM04", "entier"),
    ],
)
def test_une_ligne_fausse_est_nommee(ligne, mot):
    lecture = lu("31;cardiologie;1;2", ligne)
    assert {n for n, _ in lecture.erreurs} == {3}
    assert mot in lecture.erreurs[0][1]


def test_doublon_entete_et_fichier_vide():
    assert lu("31;SM04;1;2", "31;cardiologie;1;2").erreurs[0][0] == 3
    assert "aucun chiffre" in lu().erreurs[0][1]
    assert "Il manque" in lire([["departement", "x"]], departements={}, groupes={}).erreurs[0][1]
    assert lire([], departements={}, groupes={}).erreurs

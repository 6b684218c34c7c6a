"""§11: every amount, delay, threshold and list is data, dated and validated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import ADMISES, Parametres, ParametresInvalides, choisir


@pytest.mark.parametrize(
    ("texte", "delai"),
    [
        ("2 mois", Delai(mois=2)),
        ("1_mois", Delai(mois=1)),
        ("15 jours", Delai(jours=15)),
        ("1 jour", Delai(jours=1)),
        ("5 ans", Delai(mois=60)),
        ("1 an", Delai(mois=12)),
        ("2\u00a0mois", Delai(mois=2)),
        ("1 mois et 15 jours", Delai(mois=1, jours=15)),
    ],
)
def test_un_delai_se_lit(texte: str, delai: Delai) -> None:
    assert Delai.lire(texte) == delai


@pytest.mark.parametrize("texte", ["", "2", "deux mois", "-1 mois", "2 mois et", "1.5 mois", "2 semaines", None])
def test_un_delai_illisible_est_refuse(texte: object) -> None:
    with pytest.raises(ValueError, match="Écrivez un délai"):
        Delai.lire(texte)


@given(st.integers(0, 999), st.integers(0, 999))
def test_un_delai_ecrit_se_relit(mois: int, jours: int) -> None:
    assert Delai.lire(str(Delai(mois, jours))) == Delai(mois, jours)


def test_les_valeurs_nationales() -> None:
    p = Parametres()
    assert (p.delai_instruction_lettre, p.delai_instruction_projet) == (Delai(mois=2), Delai(mois=2))
    assert (p.delai_depot_projet, p.delai_mission_complete, p.delai_premiere_activite) == (
        Delai(6),
        Delai(12),
        Delai(18),
    )
    assert (p.delai_cible, p.delai_retrait, p.delai_pieces) == (Delai(60), Delai(4), Delai(1))
    assert (p.seuil_creation, p.seuil_intermediaire, p.seuil_cible, p.medecins_minimum) == (10, 30, 50, 10)
    assert (p.montant_amorcage, p.taux_transitoire) == (Decimal("80000.00"), 30)
    assert p.paliers_relance == (30, 15, 7, 2, 0)
    assert (p.fait_foi_lettre, p.fait_foi_projet) == ("notification", "signature")


def test_chaque_reglage_a_son_libelle_et_sa_regle() -> None:
    assert set(ADMISES) == {f.name for f in fields(Parametres)}
    assert all(r.libelle and r.regle for r in ADMISES.values())


def test_chaque_valeur_par_defaut_est_admise() -> None:
    defauts = Parametres()
    for nom, reglage in ADMISES.items():
        if reglage.admises:
            assert getattr(defauts, nom) in {code for code, _ in reglage.admises}, nom


def test_un_jeu_stocke_se_relit_tel_quel() -> None:
    p = Parametres(delai_pieces=Delai(mois=1, jours=15), unicite_stricte=True, montant_amorcage=Decimal("75000.50"))
    assert Parametres.depuis(p.valeurs()) == p


@pytest.mark.parametrize(
    ("nom", "valeur", "phrase"),
    [
        ("inconnu", 1, "n’existe pas"),
        ("mode_naissance", "hier", "«\u00a0quantieme\u00a0»"),
        ("delai_pieces", "bientôt", "Écrivez un délai"),
        ("unicite_stricte", "peut-être", "oui ou non"),
        ("seuil_creation", -1, "entier positif"),
        ("seuil_creation", 10.5, "entier positif"),
        ("seuil_creation", True, "entier positif"),
        ("paliers_relance", [30, "x"], "entier positif"),
        ("montant_amorcage", "80000.001", "au centime"),
        ("montant_amorcage", "NaN", "au centime"),
        ("montant_amorcage", -5, "au centime"),
        ("date_cdc", "23/01/2025", "AAAA-MM-JJ"),
    ],
)
def test_une_valeur_non_admise_est_dite_par_champ(nom: str, valeur: object, phrase: str) -> None:
    with pytest.raises(ParametresInvalides) as faute:
        Parametres.depuis({nom: valeur, "delai_retrait": "4 mois"})
    assert list(faute.value.erreurs) == [nom]
    assert phrase in faute.value.erreurs[nom]


@dataclass
class Jeu:
    valide_du: date
    valide_au: date | None = None


JEUX = [Jeu(date(2026, 7, 1)), Jeu(date(2025, 1, 23), date(2026, 6, 30))]


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2020, 1, 1), 1),
        (date(2025, 1, 22), 1),
        (date(2025, 1, 23), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 7, 1), 0),
        (date(2040, 1, 1), 0),
    ],
)
def test_le_jeu_en_vigueur_et_le_premier_avant_lui(jour: date, attendu: int) -> None:
    assert choisir(JEUX, jour) is JEUX[attendu]


def test_sans_jeu_rien_n_est_suppose() -> None:
    with pytest.raises(ValueError, match="aucun jeu"):
        choisir([], date(2026, 1, 1))

"""A set to come, before it is activated: what it would move, and where each value of a set comes from."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.regles.apercu_jeu import Attendu, Changement, attendu, changements
from dossiers.regles.statuts import Statut
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.provenance import JeuLu, en_vigueur, provenances

S, NATIONAL = Statut, Parametres()


@pytest.mark.parametrize(
    ("statut", "proposee", "objet"),
    [
        (S.BROUILLON, False, Attendu.LETTRE),
        (S.LETTRE_DEPOSEE, False, Attendu.PROJET),
        (S.LETTRE_INCOMPLETE, False, Attendu.PROJET),
        (S.PROJET_REFUSE, False, Attendu.PROJET),
        (S.PROJET_DEPOSE, False, Attendu.DOTATION),
        (S.FINESS_ATTRIBUE, False, Attendu.DOTATION),
        (S.FINESS_ATTRIBUE, True, None),
        (S.DOTATION_ACTIVE, True, None),
        (S.LETTRE_REFUSEE, False, None),
        (S.CLOS, False, None),
    ],
)
def test_ce_qui_reste_a_deposer_suit_le_jeu_de_son_jour(statut: Statut, proposee: bool, objet: Attendu | None) -> None:
    assert attendu(statut, dotation_proposee=proposee) is objet


@pytest.mark.parametrize(
    ("objet", "reglages", "attendus"),
    [
        (Attendu.LETTRE, {"delai_instruction_lettre": Delai(3)}, {"DL-1": ("2027-02-28", "2027-03-31"), "DL-8": ("2027-06-28", "2027-07-31")}),
        (Attendu.LETTRE, {"delai_pieces": Delai(0, 15)}, {"DL-10": ("2027-01-31", "2027-01-15")}),
        (Attendu.LETTRE, {"depart_6_mois": "signature_contrat"}, {"DL-2": ("2027-06-30", None)}),
        (Attendu.LETTRE, {"delai_instruction_projet": Delai(3)}, {}),
        (Attendu.PROJET, {"delai_instruction_lettre": Delai(3)}, {}),
        (Attendu.PROJET, {"delai_mission_complete": Delai(18)}, {"DL-4": ("2027-12-31", "2028-06-30")}),
        (Attendu.DOTATION, {"delai_instruction_projet": Delai(3)}, {}),
    ],
)  # fmt: skip
def test_les_dates_d_un_depot_sous_les_deux_jeux(objet: Attendu, reglages: dict, attendus: dict) -> None:
    lus = changements(objet, date(2026, 12, 31), NATIONAL, Parametres(**reglages))
    j = date.fromisoformat
    assert set(lus) == {Changement(r, j(a), j(b) if b else None) for r, (a, b) in attendus.items()}


def test_une_dotation_plus_longue_a_d_autres_anniversaires() -> None:
    lus = changements(Attendu.DOTATION, date(2027, 1, 1), NATIONAL, Parametres(duree_contrat_dotation=Delai(72)))
    assert Changement("DUR-1", date(2031, 12, 31), date(2032, 12, 31)) in lus


@given(st.sampled_from(Attendu), st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 1, 1)))
def test_le_meme_jeu_ne_change_rien(objet: Attendu, jour: date) -> None:
    assert changements(objet, jour, NATIONAL, Parametres()) == ()


def test_une_valeur_vient_du_jeu_qui_l_a_donnee() -> None:
    suite = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 1, "c": 3}]
    assert provenances(suite) == {"a": 0, "b": 2, "c": 2}
    assert provenances(suite[:1]) == {"a": 0, "b": 0}


def test_le_jeu_d_une_region_couvre_celui_du_pays_de_son_jour() -> None:
    jeux = (
        JeuLu(date(2026, 1, 1), None, None, NATIONAL.valeurs()),
        JeuLu(date(2027, 1, 1), None, None, Parametres(delai_pieces=Delai(2)).valeurs()),
        JeuLu(date(2026, 6, 1), date(2026, 12, 31), "76", {"delai_pieces": "45 jours"}),
    )
    assert en_vigueur(jeux, "76", date(2026, 7, 1)).delai_pieces == Delai(0, 45)
    assert en_vigueur(jeux, "53", date(2026, 7, 1)).delai_pieces == Delai(1)
    assert en_vigueur(jeux, "76", date(2027, 1, 1)).delai_pieces == Delai(2)
    assert en_vigueur(jeux, "76", date(2025, 1, 1)).delai_pieces == Delai(1)

"""A set of parameters holds together or is refused, setting by setting, in French; lists of pairs are read and written."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from ess_portal.referentiel.regles.coherence import jour_du_rapport
from ess_portal.referentiel.regles.composes import Groupes, Table
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import ADMISES, Parametres, ParametresInvalides
from financement.services.montants import avance
from indicateurs.regles.echeance_rapport import due_le

NATIONAL = Parametres()
TABLE = Table.lire("10 : 50 000\n50 : 75000,50 €; 100 : 100000")


def test_chaque_reglage_a_ses_mots():
    assert {f.name for f in fields(Parametres)} == set(ADMISES)


def test_le_jeu_national_tient():
    assert NATIONAL.incoherences() == {}
    assert Parametres.depuis(NATIONAL.valeurs()) == NATIONAL


@pytest.mark.parametrize(
    ("changes", "fautif"),
    [
        ({"seuil_creation": 31}, "seuil_intermediaire"),
        ({"seuil_cible": 29}, "seuil_cible"),
        ({"seuil_cible": 101}, "seuil_cible"),
        ({"delai_instruction_lettre": Delai()}, "delai_instruction_lettre"),
        ({"seuil_tacite_rouge": Delai(jours=16)}, "seuil_tacite_rouge"),
        ({"duree_contrat_dotation": Delai(mois=18)}, "duree_contrat_dotation"),
        ({"montant_amorcage": Decimal("80000.01")}, "montant_amorcage"),
        ({"montant_amorcage": Decimal(0)}, "montant_amorcage"),
        ({"taux_transitoire": 31}, "taux_transitoire"),
        ({"dotation_maximum": Decimal(100_001)}, "dotation_maximum"),
        ({"dotation_minimum": Decimal(100_001)}, "dotation_minimum"),
        ({"dotation_effectif_minimum": 100}, "dotation_effectif_minimum"),
        ({"dotation_effectif_minimum": 0}, "dotation_effectif_minimum"),
        ({"bareme": "table"}, "bareme_table"),
        ({"bareme": "table", "bareme_table": Table.lire([(11, 50000)])}, "bareme_table"),
        ({"bareme_table": Table.lire("10 : 60000; 20 : 50000")}, "bareme_table"),
        ({"bareme_table": Table.lire("10 : 100000,01")}, "bareme_table"),
        ({"echeance_rapport": "31/02"}, "echeance_rapport"),
        ({"echeance_rapport": "au printemps"}, "echeance_rapport"),
        ({"calendrier_transitoire": "31/02/2026"}, "calendrier_transitoire"),
        ({"calendrier_transitoire": "fin 2026"}, "calendrier_transitoire"),
        ({"paliers_relance": ()}, "paliers_relance"),
        ({"paliers_derogation": (30, 30)}, "paliers_derogation"),
    ],
)
def test_une_incoherence_est_dite_sur_son_reglage(changes, fautif):
    assert set(replace(NATIONAL, **changes).incoherences()) == {fautif}


def test_la_table_du_bareme_se_lit_et_se_relit():
    assert TABLE.paires == ((10, Decimal("50000.00")), (50, Decimal("75000.50")), (100, Decimal("100000.00")))
    assert Table.lire(str(TABLE)) == Table.lire([[10, "50000"], [50, "75000.50"], [100, 100000]]) == TABLE


@pytest.mark.parametrize(
    "texte", ["10 50000", "dix : 50000", "10 : beaucoup", "10 : -1", "10 : 1; 10 : 2", "10 : 1,005", "10 : NaN"]
)
def test_une_table_illisible_est_refusee(texte):
    with pytest.raises(ParametresInvalides) as refus:
        Parametres.depuis({"bareme_table": texte})
    assert "effectif puis montant" in refus.value.erreurs["bareme_table"]


def test_fin_4_le_bareme_table_paie_ce_qu_elle_dit():
    p = replace(NATIONAL, bareme="table", bareme_table=TABLE)
    montants = [avance(p, n, date(2026, 1, 1)).montant for n in (10, 49, 50, 250)]
    assert montants == [Decimal(50_000), Decimal(50_000), Decimal("75000.50"), Decimal(100_000)]


def test_cri_1c_les_groupes_d_un_jeu_priment():
    groupes = Groupes.lire("SM04 : cardiologie, vasculaire\nSM05 : dermatologie")
    assert groupes.de("SM04", ["autre"]) == ("cardiologie", "vasculaire")
    assert groupes.de("SM28", ["neurologie"]) == ("neurologie",)
    assert (
        Groupes.lire(str(groupes))
        == Groupes.lire({"SM04": ["vasculaire", "cardiologie"], "SM05": ["dermatologie"]})
        == groupes
    )


@pytest.mark.parametrize("texte", ["SM04", "SM4 : cardiologie", "SM04 :", "SM04 : Cœur !", "SM04 : a\nSM04 : b"])
def test_des_groupes_illisibles_sont_refuses(texte):
    with pytest.raises(ParametresInvalides) as refus:
        Parametres.depuis({"groupes_specialites": texte})
    assert "code puis groupes" in refus.value.erreurs["groupes_specialites"]


@pytest.mark.parametrize(
    ("fin", "regle", "due"),
    [
        ("2026-03-31", "anniversaire", "2026-04-01"),
        ("2026-03-30", "31/03", "2026-03-31"),
        ("2026-03-31", "31/03", "2027-03-31"),
        ("2026-12-31", "1/1", "2027-01-01"),
        ("2027-02-27", "29/02", "2027-02-28"),
        ("2028-02-27", "29/02", "2028-02-29"),
    ],
)
def test_ind_3_echeance_du_rapport(fin, regle, due):
    assert due_le(date.fromisoformat(fin), regle) == date.fromisoformat(due)


def test_ind_3_un_jour_de_l_annee():
    assert jour_du_rapport("anniversaire") is None
    assert jour_du_rapport("30/06") == (30, 6)

"""REC-1: the table of states, the amounts proposed by rule, the instalments to the cent."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ess_portal.referentiel.regles.delai import Delai
from financement.regles import echelonnement, procedure, recuperation
from financement.regles.livre import Enveloppe, repartir
from financement.regles.procedure import Etat
from financement.regles.regularisation import Prorata

D = Decimal
MIGRATION = Path(__file__).resolve().parents[2] / "financement/migrations/0027_recuperation_gardes.py"


def test_la_base_lit_la_meme_table():
    paires = re.search(r'PAIRES = "(.*)"', MIGRATION.read_text())[1]
    assert set(re.findall(r"\('(\w+)', '(\w+)'\)", paires)) == procedure.SAUTS


def test_un_acte_n_est_possible_que_dans_son_etat():
    assert procedure.permis("decider_recuperation", Etat.CONTRADICTOIRE)
    assert not procedure.permis("decider_recuperation", Etat.A_REMBOURSER)
    assert not any(procedure.permis(acte, etat) for acte in procedure.ACTES for etat in (Etat.SOLDEE, Etat.SANS_SUITE))


def test_tout_ce_qui_est_verse_moins_ce_qui_est_deja_demande():
    p = recuperation.sur_versements([("Première part", D("40000.00")), ("Solde", D("40000.00"))], D("10000.00"))
    assert (p.montant, p.assiette) == (D("70000.00"), D("70000.00"))
    assert p.explication[-1]["valeur"] == "70\u00a0000,00\u00a0€"
    assert recuperation.sur_versements([("Part", D("5.00"))], D("9.00")).assiette == 0


@pytest.mark.parametrize(
    ("reglage", "montant", "assiette"),
    [("arbitrage", None, D("24000.00")), ("oui", D("24000.00"), D("24000.00")), ("non", D(0), D(0))],
)
def test_tra_7_lit_son_reglage(reglage, montant, assiette):
    p = recuperation.sur_transitoire(D("24000.00"), D(0), reglage)
    assert (p.montant, p.assiette) == (montant, assiette)


@pytest.mark.parametrize(("prorata", "montant"), [(True, D("8219.18")), (False, None)])
def test_tra_6_lit_proposition_prorata(prorata, montant):
    p = recuperation.sur_chevauchement(
        D("100000.00"), date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 2), D(0), proposition_prorata=prorata
    )
    assert p.montant == montant


def test_fin_10_et_fin_7():
    effective = date(2026, 7, 1)
    vecu = Prorata(jours=181, sur=365, effectif_moyen=Fraction(10), du=D("24794.52"), a_recuperer=D("25205.48"))
    p = recuperation.sur_prorata(D("50000.00"), vecu, D(0), effective)
    assert (p.montant, p.assiette) == (D("25205.48"), D("25205.48"))
    sous_dix = Prorata(jours=181, sur=365, effectif_moyen=Fraction(9), du=None, a_recuperer=None)
    assert recuperation.sur_prorata(D("50000.00"), sous_dix, D(0), effective).montant is None
    assert recuperation.sur_prorata(D("50000.00"), None, D(0), effective).montant is None
    assert recuperation.sur_regularisation(D("60000.00"), D("55555.56"), D(0)).montant == D("4444.44")
    assert recuperation.sur_regularisation(D("60000.00"), D("70000.00"), D(0)).montant == 0
    assert recuperation.sur_regularisation(D("60000.00"), None, D(0)).montant is None


def test_pourquoi_cette_date():
    etapes = recuperation.explication_observations(date(2025, 12, 31), Delai(mois=2), "Europe/Paris")
    assert [e.valeur for e in etapes] == [
        "31\u00a0décembre\u00a02025",
        "+\u00a02\u00a0mois",
        "28\u00a0février\u00a02026",
        "1er\u00a0mars\u00a02026",
    ]
    assert (
        recuperation.explication_paiement(date(2025, 12, 15), Delai(mois=2), "Europe/Paris")[-1].valeur
        == "15\u00a0février\u00a02026"
    )


@pytest.mark.parametrize(("total", "nombre"), [(D("100.00"), 3), (D("40000.01"), 7), (D("0.60"), 60)])
def test_les_mensualites_font_la_somme(total, nombre):
    termes = echelonnement.mensualites(total, nombre, date(2026, 1, 31))
    assert sum(t.montant for t in termes) == total
    assert termes[1].jour == date(2026, 2, 28)
    assert echelonnement.fautes([(t.jour, t.montant) for t in termes], total, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("termes", "mot"),
    [
        ([], "entre 1 et 60"),
        ([(date(2026, 2, 1), D("-1.00")), (date(2026, 3, 1), D("101.00"))], "positif"),
        ([(date(2026, 3, 1), D("50.00")), (date(2026, 2, 1), D("50.00"))], "se suivent"),
        ([(date(2026, 2, 1), D("50.00")), (date(2026, 2, 1), D("50.00"))], "se suivent"),
        ([(date(2026, 1, 1), D("100.00"))], "à venir"),
        ([(date(2026, 2, 1), D("99.99"))], "n’est pas le reste dû"),
    ],
)
def test_un_echeancier_faux_est_refuse(termes, mot):
    assert mot in echelonnement.fautes(termes, D("100.00"), date(2026, 1, 1))


def test_le_plus_ancien_se_paie_d_abord():
    termes = echelonnement.imputer([(date(2026, 2, 1), D("50.00")), (date(2026, 3, 1), D("50.00"))], D("60.00"))
    assert [t.reste for t in termes] == [0, D("40.00")]
    assert [t.etat(date(2026, 3, 1)) for t in termes] == ["payee", "partielle"]
    assert termes[1].etat(date(2026, 3, 2)) == "en_retard"
    assert [echelonnement.palier_de_retard(n, (30, 15, 7, 2, 0)) for n in (1, 6, 7, 40)] == [1, 2, 7, 30]
    with pytest.raises(ValueError, match="centime"):
        echelonnement.mensualites(D("0.01"), 2, date(2026, 1, 1))


def test_une_somme_se_repartit_sur_ses_enveloppes():
    a, b = Enveloppe("am", "amorcage"), Enveloppe("am", "dotation", 1)
    assert repartir(D("70.00"), [(a, D("50.00")), (b, D("50.00"))]) == [(a, D("50.00")), (b, D("20.00"))]
    assert repartir(D("70.00"), [(a, D(0)), (b, D("50.00"))]) == [(b, D("70.00"))]

"""What each payment needs: FIN-1 to FIN-3, FIN-11; the cases C055, C056, C058."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from financement.regles.versements import DOTATIONS, NATURES, FaitsVersement, blocages, conditions

JOUR = date(2026, 4, 28)
PLEINS = {
    "jour": JOUR,
    "montant": D("40000.00"),
    "plafond": D("80000.00"),
    "lettre_validee_le": date(2025, 9, 1),
    "projet_valide_le": date(2026, 3, 12),
    "contrat_signe_le": date(2025, 11, 12),
    "contrat_effet_le": date(2025, 11, 12),
    "personne_morale": "Association CardiOc 34 · SIREN 902 145 879",
    "iban_titulaire": "Association CardiOc 34",
    "iban_confirme": True,
    "activite_confirmee": "Téléexpertise",
    "finess": "340000017",
    "pieces_recues": True,
    "controle_caisse": True,
    "premiere_annee": False,
    "avance_payee": True,
}


def codes(nature, **faits):
    return {c.code for c in blocages(conditions(FaitsVersement(nature=nature, **{**PLEINS, **faits})))}


@pytest.mark.parametrize("nature", NATURES)
def test_tout_est_rempli(nature):
    assert codes(nature) == set()


TOUS = set(NATURES)
ANNUELLES = set(DOTATIONS)
CREDITS = TOUS - ANNUELLES


@pytest.mark.parametrize(
    ("faits", "code", "concernees"),
    [
        pytest.param({"lettre_validee_le": None}, "lettre", CREDITS, id="lettre"),
        pytest.param({"projet_valide_le": None}, "projet", {"amorcage_2", *ANNUELLES}, id="projet"),
        pytest.param({"activite_confirmee": ""}, "activite", {"amorcage_2"}, id="FIN-1-action-socle"),
        pytest.param({"personne_morale": ""}, "personne_morale", TOUS, id="FIN-2-personne-morale"),
        pytest.param({"iban_confirme": False}, "iban", TOUS, id="FIN-11-iban-change"),
        pytest.param({"iban_titulaire": ""}, "iban", TOUS, id="FIN-2-sans-iban"),
        pytest.param({"deja_verse": D("40000.01")}, "plafond", TOUS, id="plafond-un-centime"),
        pytest.param({"montant": D("0.00")}, "plafond", TOUS, id="montant-nul"),
        pytest.param({"finess": ""}, "finess", ANNUELLES, id="FIN-2-finess"),
        pytest.param(
            {"finess": "", "finess_requis_solde": True}, "finess", {"amorcage_2", *ANNUELLES}, id="finess-solde"
        ),
        pytest.param({"pieces_recues": False}, "pieces", ANNUELLES, id="FIN-6-pieces"),
        pytest.param({"controle_caisse": False}, "controle", ANNUELLES, id="FIN-6-controle"),
        pytest.param({"avance_payee": False}, "avance", {"regularisation"}, id="FIN-7-avance"),
        pytest.param({"en_conflit": True}, "conflit", TOUS, id="CRI-1c-conflit"),
        pytest.param({"recuperation_ouverte": True}, "recuperation", TOUS, id="REC-1-ouverte"),
        pytest.param({"contrat_effet_le": date(2024, 12, 31)}, "effet", TOUS, id="FIN-3-avant-2025"),
        pytest.param({"contrat_effet_le": date(2026, 4, 29)}, "effet", TOUS, id="FIN-6-pas-encore"),
    ],
)
def test_une_condition_manque(faits, code, concernees):
    for nature in NATURES:
        assert codes(nature, **faits) == ({code} if nature in concernees else set()), nature


def test_c056_lettre_tacite_sans_contrat():
    assert codes("amorcage_1", contrat_signe_le=None, contrat_effet_le=None) == {"contrat", "effet"}


def test_c055_c058_le_cumul_atteint_le_plafond():
    assert codes("amorcage_2", deja_verse=D("40000.00")) == set()


@pytest.mark.parametrize("absent", ["pieces_recues", "controle_caisse"])
def test_fin_6_la_premiere_dotation_n_attend_pas_de_justificatif(absent):
    assert codes("dotation", premiere_annee=True, **{absent: False}) == set()


def test_fin_2_personne_morale_est_un_reglage():
    assert codes("amorcage_1", personne_morale="", exiger_personne_morale=False) == set()


@pytest.mark.parametrize(
    ("nature", "autres", "manquent"),
    [
        ("amorcage_1", {}, set()),
        ("amorcage_unique", {}, set()),
        ("amorcage_1", {"structure_porteuse_admise": False}, {"personne_morale", "iban"}),
        # Its second half waits for the association, and for its own account.
        ("amorcage_2", {}, {"personne_morale", "iban"}),
        ("amorcage_1", {"personne_morale": "Cardio 31 · SIREN 732829320"}, {"iban"}),
        ("amorcage_1", {"iban_confirme": False}, {"iban"}),
        ("amorcage_1", {"structure_porteuse": ""}, {"personne_morale"}),
    ],
)
def test_fin_2_la_structure_porteuse_recoit_le_premier_versement_par_reglage(nature, autres, manquent):
    porteuse = {
        "personne_morale": "",
        "structure_porteuse": "CPTS · SIREN 404833048",
        "structure_porteuse_admise": True,
    }
    assert codes(nature, **(porteuse | autres)) == manquent


def test_fin_11_la_liste_se_lit_en_francais():
    lignes = {c.code: c for c in conditions(FaitsVersement(nature="amorcage_2", deja_verse=D("40000.00"), **PLEINS))}
    assert lignes["contrat"].detail == "Dernière signature le 12\u00a0novembre\u00a02025"
    assert lignes["plafond"].detail == (
        "40\u00a0000,00\u00a0€ versés ou proposés + 40\u00a0000,00\u00a0€ à verser, sur 80\u00a0000,00\u00a0€"
    )
    assert lignes["finess"].remplie is None
    assert all(c.libelle for c in lignes.values())

"""The ledger's rules: two lines an act, balances from lines, what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from financement.regles.livre import CREDIT, DEBIT, Enveloppe, Ligne, detail, inverses, lignes, refus, soldes, totaux

AMORCAGE = Enveloppe("assurance_maladie", "amorcage")


def euros(valeur: str | int) -> Decimal:
    return Decimal(valeur).quantize(Decimal("0.01"))


def passe(*actes: tuple[str, str | int]) -> dict[str, Decimal]:
    return totaux(x for type_, montant in actes for x in lignes(type_, euros(montant)))


def test_une_vie_entiere_se_lit_dans_les_soldes():
    actes = [
        ("engagement", 80_000),
        ("liquidation", 40_000),
        ("ordre", 40_000),
        ("versement", 40_000),
        ("trop_percu", "1500.55"),
    ]
    s = soldes(passe(*actes, ("recuperation", "500.55"), ("remise", 400), ("degagement", 40_000)))
    assert (s.engage_total, s.verse, s.acquis, s.reste_a_verser) == (euros(40_000), euros(40_000), euros("38499.45"), 0)
    assert (s.trop_percu, s.a_recuperer, s.recupere, s.remis) == (
        euros("1500.55"),
        euros(600),
        euros("500.55"),
        euros(400),
    )


def test_chaque_acte_est_equilibre_et_s_annule():
    for type_ in (
        "engagement",
        "degagement",
        "liquidation",
        "ordre",
        "versement",
        "constat",
        "trop_percu",
        "recuperation",
        "remise",
    ):
        ecrites = lignes(type_, euros("12.34"))
        assert sum(x.signe for x in ecrites) == 0
        assert set(totaux([*ecrites, *inverses(ecrites)]).values()) == {Decimal(0)}
    assert detail(lignes("engagement", euros(40_000))) == "D 801 40000.00; C 800 40000.00"
    assert inverses([Ligne("801", DEBIT, euros(1))]) == (Ligne("801", CREDIT, euros(1)),)


@pytest.mark.parametrize("montant", ["0", "-1", "0.001", "10.005"])
def test_un_montant_est_positif_au_centime(montant: str):
    with pytest.raises(ValueError, match="centime"):
        lignes("engagement", Decimal(montant))


@pytest.mark.parametrize(
    ("deja", "acte", "montant", "code"),
    [
        ([("engagement", 80_000)], "liquidation", "80000", None),
        ([("engagement", 80_000)], "liquidation", "80000.01", "ecriture_solde"),
        ([("engagement", 80_000)], "engagement", "0.01", "ecriture_plafond_credit"),
        ([("engagement", 79_999)], "engagement", 1, None),
        ([("engagement", 100), ("liquidation", 60)], "ordre", 61, "ecriture_solde"),
        ([("engagement", 100), ("liquidation", 60), ("ordre", 60)], "versement", 61, "ecriture_solde"),
        ([("engagement", 100), ("constat", 60), ("trop_percu", 10)], "recuperation", "10.01", "ecriture_solde"),
        ([("engagement", 100), ("constat", 60), ("trop_percu", 10), ("remise", 4)], "recuperation", 7, "ecriture_solde"),
        ([("engagement", 100), ("constat", 60)], "trop_percu", "60.01", "ecriture_solde"),
        ([("engagement", 100), ("constat", 60)], "degagement", "40.01", "ecriture_solde"),
    ],
)  # fmt: skip
def test_rien_ne_depasse_ce_qui_le_precede(deja: list, acte: str, montant: str | int, code: str | None):
    vu = refus({AMORCAGE: passe(*deja)}, AMORCAGE, lignes(acte, euros(montant)))
    assert (vu.code if vu else None) == code


def test_les_plafonds_se_comptent_par_dossier_et_par_annee():
    transitoire, annee_1, annee_2 = (
        Enveloppe("assurance_maladie", "transitoire"),
        *(Enveloppe("assurance_maladie", "dotation", n) for n in (1, 2)),
    )
    avant = {AMORCAGE: passe(("engagement", 60_000)), annee_1: passe(("engagement", 100_000))}

    def code(enveloppe: Enveloppe, montant: str | int) -> str:
        vu = refus(avant, enveloppe, lignes("engagement", euros(montant)))
        return vu.code if vu else ""

    assert (code(transitoire, 20_000), code(transitoire, "20000.01")) == ("", "ecriture_plafond_credit")
    assert code(transitoire, "24000.01") == "ecriture_plafond_transitoire"
    assert (code(annee_1, "0.01"), code(annee_2, 100_000)) == ("ecriture_plafond_annee", "")
    assert code(Enveloppe("ars", "anterieur"), 500_000) == ""

"""`reprendre` (§6): where each regime enters, which acts stand behind a step, and what was already paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dossiers.regles.cycle import ENTREES_REPRISE
from dossiers.regles.reprise import ENTREES, requis, verifier_reprise
from dossiers.regles.statuts import Statut
from financement.regles.reprise import ContratsRepris, VersementRepris, verifier_versements

S = Statut
AUJOURDHUI = date(2026, 3, 2)
JOURS = {
    "lettre_deposee_le": date(2025, 2, 28),
    "lettre_validee_le": date(2025, 4, 28),
    "amorcage_signe_le": date(2025, 5, 5),
    "projet_depose_le": date(2025, 8, 31),
    "projet_valide_le": date(2025, 10, 31),
    "dotation_signee_le": date(2026, 1, 15),
}
CONTRATS = ContratsRepris(
    type_credit="amorcage",
    credit=Decimal(80_000),
    credit_signe_le=date(2025, 5, 5),
    dotation_signee_le=date(2025, 3, 1),
    effet_dotation=date(2025, 3, 1),
    dotation_maximum=Decimal(100_000),
)


def test_les_entrees_sont_celles_de_la_table():
    assert {s for etapes in ENTREES.values() for s in etapes} == ENTREES_REPRISE


@pytest.mark.parametrize(
    ("regime", "statut", "attendus"),
    [
        ("standard", S.LETTRE_DEPOSEE, {"lettre_deposee_le"}),
        ("standard", S.AMORCAGE_SIGNE, {"lettre_deposee_le", "lettre_validee_le", "amorcage_signe_le"}),
        ("standard", S.FINESS_ATTRIBUE, {"lettre_deposee_le", "lettre_validee_le", "projet_depose_le", "projet_valide_le"}),
        ("standard", S.DOTATION_ACTIVE, set(JOURS) - {"amorcage_signe_le"}),
        ("mise_en_conformite", S.LETTRE_VALIDEE, set()),
        ("mise_en_conformite", S.AMORCAGE_SIGNE, {"amorcage_signe_le"}),
        ("en_projet_credit_ars", S.PROJET_VALIDE, {"projet_depose_le", "projet_valide_le"}),
        ("existante_conforme", S.PROJET_VALIDE, {"projet_valide_le"}),
        ("existante_conforme", S.DOTATION_ACTIVE, {"projet_valide_le", "dotation_signee_le"}),
        ("hors_champ", S.CLOS, set()),
    ],
)  # fmt: skip
def test_actes_requis(regime, statut, attendus):
    assert requis(regime, statut) == attendus
    jours = {nom: jour for nom, jour in JOURS.items() if nom in attendus}
    assert verifier_reprise(regime, statut, jours, AUJOURDHUI) == {}
    assert set(verifier_reprise(regime, statut, {}, AUJOURDHUI)) == attendus


@pytest.mark.parametrize(
    ("changes", "champ", "phrase"),
    [
        ({"amorcage_signe_le": date(2025, 4, 27)}, "amorcage_signe_le", "précède"),
        ({"projet_depose_le": date(2025, 4, 27)}, "projet_depose_le", "précède"),
        ({"dotation_signee_le": date(2026, 3, 3)}, "dotation_signee_le", "pas encore venu"),
        ({"dotation_signee_le": date(2025, 10, 30)}, "dotation_signee_le", "précède"),
    ],
)
def test_ordre_des_actes(changes, champ, phrase):
    erreurs = verifier_reprise("standard", S.DOTATION_ACTIVE, JOURS | changes, AUJOURDHUI)
    assert phrase in erreurs[champ]


def test_le_jour_meme_suffit_et_le_credit_peut_suivre_le_projet():
    meme = dict.fromkeys(JOURS, AUJOURDHUI)
    assert verifier_reprise("standard", S.DOTATION_ACTIVE, meme, AUJOURDHUI) == {}
    tard = JOURS | {"amorcage_signe_le": date(2025, 12, 1)}
    assert verifier_reprise("standard", S.DOTATION_ACTIVE, tard, AUJOURDHUI) == {}


def test_un_acte_au_dela_de_l_etape_ou_du_regime():
    erreurs = verifier_reprise("standard", S.LETTRE_VALIDEE, JOURS, AUJOURDHUI)
    assert set(erreurs) == {"amorcage_signe_le", "projet_depose_le", "projet_valide_le", "dotation_signee_le"}
    assert (
        "ouvre pas" in verifier_reprise("existante_conforme", S.DOTATION_ACTIVE, JOURS, AUJOURDHUI)["amorcage_signe_le"]
    )
    assert set(verifier_reprise("existante_conforme", S.LETTRE_DEPOSEE, JOURS, AUJOURDHUI)) == {"statut"}


def v(nature: str, montant: str, jour: date, annee: int = 0) -> VersementRepris:
    return VersementRepris(nature, Decimal(montant), jour, annee)


def test_ce_qui_est_deja_verse_tient_dans_les_plafonds():
    bons = [v("amorcage_1", "40000", date(2025, 5, 5)), v("amorcage_2", "40000", date(2026, 3, 2)), v("dotation", "100000", date(2025, 3, 1), 1)]  # fmt: skip
    assert verifier_versements(bons, CONTRATS, AUJOURDHUI) == {}
    trop = [*bons[:1], v("amorcage_2", "40000.01", date(2025, 6, 1))]
    assert "80" in verifier_versements(trop, CONTRATS, AUJOURDHUI)[1]["montant"]


@pytest.mark.parametrize(
    ("versement", "champ"),
    [
        (v("amorcage_1", "1", date(2025, 5, 4)), "paye_le"),
        (v("amorcage_1", "1", date(2026, 3, 3)), "paye_le"),
        (v("transitoire", "24000", date(2025, 6, 1)), "nature"),
        (v("dotation", "50000", date(2025, 6, 1)), "annee"),
        (v("dotation", "50000", date(2026, 3, 1), 3), "annee"),
        (v("dotation", "100000.01", date(2025, 6, 1), 1), "montant"),
    ],
)
def test_versements_refuses(versement, champ):
    assert set(verifier_versements([versement], CONTRATS, AUJOURDHUI)[0]) == {champ}


def test_la_deuxieme_annee_s_ouvre_a_l_anniversaire():
    assert verifier_versements([v("dotation", "50000", date(2026, 3, 1), 2)], CONTRATS, date(2026, 3, 1)) == {}
    assert verifier_versements([v("dotation", "50000", date(2026, 2, 28), 2)], CONTRATS, date(2026, 2, 28))[0]["annee"]


def test_deux_fois_le_meme_versement():
    deux = [v("amorcage_1", "10", date(2025, 6, 1))] * 2
    assert set(verifier_versements(deux, CONTRATS, AUJOURDHUI)) == {1}

"""Silence: requests that stop it (CAL-6), acts that beat it (CAL-7), the caisse that ends it (AVI-2), DL-10."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dossiers.regles.delais import borne
from dossiers.regles.echeances import (
    DecisionFait,
    Demande,
    acte_recevable,
    dernier_jour_rejet,
    est_tacite,
)
from dossiers.regles.motifs import verifier_motifs
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.referentiel.regles.parametres import Parametres
from tests.regles.faits import NATIONAL, demande, faits, j, toutes, une


@pytest.mark.parametrize(
    ("demandes", "dernier"),
    [
        pytest.param([demande("2025-03-20", "2025-04-10")], "2025-06-10", id="repart de zéro"),
        pytest.param([demande("2025-03-20")], None, id="C016"),
        pytest.param([demande("2025-05-05")], "2025-05-01", id="C019 après la décision tacite"),
        pytest.param([demande("2025-05-05", "2025-05-06")], "2025-05-01", id="C019 répondue"),
        pytest.param([demande("2025-05-01")], None, id="le dernier jour compte encore"),
        pytest.param([demande("2025-05-02")], "2025-05-01", id="le lendemain ne compte plus"),
        pytest.param([demande("2025-03-20", indispensable=False)], "2025-05-01", id="C020"),
        pytest.param([demande("2025-03-20", "2025-04-10", indispensable=False)], "2025-05-01", id="C020 répondue"),
        pytest.param([demande("2025-03-20", levee_le="2025-03-25")], "2025-05-25", id="levée = reçue ce jour"),
        pytest.param(
            [demande("2025-03-20", "2025-04-10"), demande("2025-06-10", "2025-06-20")],
            "2025-08-20",
            id="la seconde arrive avant le nouveau dernier jour",
        ),
        pytest.param(
            [demande("2025-03-20", "2025-04-10"), demande("2025-06-11", "2025-06-20")],
            "2025-06-10",
            id="la seconde arrive un jour trop tard",
        ),
        pytest.param(
            [demande("2025-06-10", "2025-06-20"), demande("2025-03-20", "2025-04-10")], "2025-08-20", id="en désordre"
        ),
        pytest.param(
            [demande("2025-03-20", "2025-07-10"), demande("2025-06-15", "2025-06-20")],
            "2025-09-10",
            id="demandée pendant l’arrêt, reçue avant",
        ),
        pytest.param(
            [demande("2025-03-20"), demande("2025-06-15", "2025-06-20")], None, id="une reçue, l’autre attendue"
        ),
        pytest.param(
            [demande("2025-03-20"), demande("2025-12-15", "2025-12-20")],
            None,
            id="demandée bien après, pendant l’arrêt",
        ),
        pytest.param(
            [demande("2025-03-20", "2025-04-10"), demande("2025-03-20", "2025-07-01")], "2025-09-01", id="le même jour"
        ),
        pytest.param([demande("2025-02-10", "2025-02-20")], "2025-05-01", id="répondue avant la réception"),
        pytest.param([demande("2025-03-01", "2025-03-01")], "2025-05-01", id="demandée et reçue le premier jour"),
    ],
)
def test_CAL_6_pieces_indispensables(demandes: list[Demande], dernier: str | None) -> None:
    e = une(faits(lettre_recue="2025-03-01", lettre_demandes=tuple(demandes)), "DL-1")
    assert e.dernier_jour == (j(dernier) if dernier else None)
    assert e.suspendue is (dernier is None)
    assert (e.acquise_le is None, e.instant is None) == (dernier is None, dernier is None)


def test_CAL_6_le_dernier_jour_suit_le_mode_de_naissance() -> None:
    f = faits(lettre_recue="2025-01-15", lettre_demandes=(demande("2025-03-16"),))
    assert une(f, "DL-1").dernier_jour == j("2025-03-15")
    assert une(f, "DL-1", p=Parametres(mode_naissance="lendemain")).suspendue


def test_DL_10_C016_delai_depasse_et_rien_ne_nait() -> None:
    f = faits(lettre_recue="2025-03-01", lettre_demandes=(demande("2025-03-20"),))
    assert une(f, "DL-10").dernier_jour == j("2025-04-20")
    assert not est_tacite(f, NATIONAL, "lettre", datetime.fromisoformat("2030-01-01T00:00:00+00:00"))


def test_DL_10_rang_limite_propre_et_demandes_sans_effet() -> None:
    demandes = (
        demande("2025-03-20", "2025-04-10", limite="2025-04-04"),
        demande("2025-03-21", indispensable=False),
        demande("2025-04-30", "2025-05-02"),
        demande("2025-12-01"),
    )
    e = toutes(faits(lettre_recue="2025-03-01", lettre_demandes=demandes))
    assert {cle[2]: v.dernier_jour for cle, v in e.items() if cle[0] == "DL-10"} == {
        1: j("2025-04-04"),
        2: j("2025-05-30"),
    }


@pytest.mark.parametrize(
    ("depart", "demandes", "fin"),
    [
        pytest.param("2025-03-01", [demande("2025-03-20", "2025-04-10")], "2025-05-22", id="C017"),
        pytest.param("2025-03-01", [], "2025-05-01", id="C022 première administration saisie"),
        pytest.param("2025-03-01", [demande("2025-03-20")], "2025-06-01", id="plafonnée au délai laissé"),
        pytest.param("2025-03-01", [demande("2025-03-20", "2025-12-01")], "2025-06-01", id="répondue trop tard"),
        pytest.param(
            "2025-03-01",
            [demande("2025-03-20", "2025-03-30"), demande("2025-03-25", "2025-04-04")],
            "2025-05-16",
            id="jours communs comptés une fois",
        ),
        pytest.param("2025-03-01", [demande("2025-05-02", "2025-05-10")], "2025-05-01", id="après le rejet"),
        pytest.param(
            "2025-03-01", [demande("2025-03-20", "2025-04-10", indispensable=False)], "2025-05-01", id="inutile"
        ),
        pytest.param("2025-03-01", [demande("2025-03-20", limite="2025-03-25")], "2025-05-06", id="limite propre"),
    ],
)
def test_CAL_6_CAL_10_rejet_implicite(depart: str, demandes: list[Demande], fin: str) -> None:
    assert dernier_jour_rejet(j(depart), Delai(mois=2), demandes, delai_pieces=Delai(mois=1)) == j(fin)


@pytest.mark.parametrize(
    ("signee", "notifiee", "fait_foi", "attendu"),
    [
        pytest.param("2025-05-10", "2025-05-10", "notification", True, id="C011"),
        pytest.param("2025-05-09", "2025-05-12", "signature", True, id="C013"),
        pytest.param("2025-05-09", "2025-05-12", "notification", False, id="C013 si la notification fait foi"),
        pytest.param("2025-05-11", "2025-05-11", "signature", False, id="signée trop tard"),
        pytest.param("2025-05-09", None, "notification", False, id="jamais notifiée"),
    ],
)
def test_CAL_7_ce_qui_fait_foi(signee: str, notifiee: str | None, fait_foi: str, attendu: bool) -> None:
    jours = {"signee_le": j(signee), "notifiee_le": j(notifiee) if notifiee else None}
    assert acte_recevable(j("2025-05-10"), **jours, fait_foi=fait_foi) is attendu
    f = faits(lettre_recue="2025-03-10", lettre_decision=DecisionFait("defavorable", "expresse", **jours))
    p = Parametres(fait_foi_lettre=fait_foi)
    assert est_tacite(f, p, "lettre", borne(j("2025-05-10"), "Europe/Paris")) is not attendu


def test_CAL_9_la_decision_tacite_nait_a_minuit_sans_personne() -> None:
    f, minuit = faits(lettre_recue="2025-03-10"), datetime.fromisoformat("2025-05-11T00:00:00+02:00")
    assert not est_tacite(f, NATIONAL, "lettre", minuit - timedelta(microseconds=1))
    assert est_tacite(f, NATIONAL, "lettre", minuit)
    assert not est_tacite(f, NATIONAL, "projet", minuit)
    connue = replace(f, lettre_decision=DecisionFait("favorable", "tacite", j("2025-05-10"), j("2025-05-10")))
    assert est_tacite(connue, NATIONAL, "lettre", minuit)


@pytest.mark.parametrize("objet", ["lettre", "projet"])
@pytest.mark.parametrize(
    "motifs",
    [
        pytest.param([], id="C014"),
        pytest.param([{"code": "cahier_des_charges", "faits": "  "}], id="MOT-1 sans faits"),
        pytest.param([{"code": "trop_cher", "faits": "Trop cher."}], id="C046"),
    ],
)
def test_MOT_un_refus_se_motive_dans_la_liste(objet: str, motifs: list[dict[str, str]]) -> None:
    assert verifier_motifs(objet, motifs)
    assert not verifier_motifs(objet, [{"code": "cahier_des_charges", "faits": "Critère 4 : 3 adhérents sur 90."}])


@pytest.mark.parametrize(
    ("oppose", "bloque", "dernier"),
    [
        pytest.param("2025-10-30", True, None, id="C044"),
        pytest.param("2025-10-31", True, None, id="le dernier jour"),
        pytest.param("2025-11-01", True, "2025-10-31", id="trop tard"),
        pytest.param("2025-08-01", True, "2025-10-31", id="sur un dépôt antérieur"),
        pytest.param("2025-10-30", False, "2025-10-31", id="réglage"),
    ],
)
def test_AVI_2_l_opposition_arrete_le_silence(oppose: str, bloque: bool, dernier: str | None) -> None:
    f = faits(lettre_recue="2025-03-10", projet_recu="2025-08-31", opposition_caisse_le=oppose)
    p = Parametres(opposition_caisse_bloque=bloque)
    e = toutes(f, p, presumer_tacite=True)
    dl3 = e[("DL-3", "projet", 1)]
    assert (dl3.dernier_jour, dl3.suspendue) == (j(dernier) if dernier else None, False)
    assert (("DL-6", "projet", 1) in e, ("DL-8", "projet", 1) in e) == (dernier is not None, dernier is not None)
    assert est_tacite(f, p, "projet", datetime.fromisoformat("2026-01-01T00:00:00+00:00")) is (dernier is not None)


def test_AVI_2_pendant_une_demande_de_pieces() -> None:
    f = faits(
        lettre_recue="2025-03-10",
        projet_recu="2025-08-31",
        projet_demandes=(demande("2025-09-10"),),
        opposition_caisse_le="2025-12-01",
    )
    assert not une(f, "DL-3", "projet").suspendue
    assert une(f, "DL-3", "projet").explication[-1].regle == "AVI-2"

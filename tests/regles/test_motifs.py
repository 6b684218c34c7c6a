"""MOT-1 and MOT-2: closed lists of reasons, each with its facts; the cases C014 and C046."""

from __future__ import annotations

import pytest

from dossiers.regles.motifs import MOTIFS, verifier_motifs

FAITS = "Onze adhérents libéraux sur 124, treize requis."


@pytest.mark.parametrize("objet", ["lettre", "projet"])
@pytest.mark.parametrize(
    ("motifs", "champ"),
    [
        pytest.param([], "motifs", id="C014-sans-motif"),
        pytest.param([{"code": "trop_cher", "faits": FAITS}], "motifs", id="C046-hors-liste"),
        pytest.param([{"faits": FAITS}], "motifs", id="sans-code"),
        pytest.param(
            [{"code": "cahier_des_charges", "faits": " \n\u00a0"}], "faits_cahier_des_charges", id="faits-blancs"
        ),
        pytest.param([{"code": "cahier_des_charges"}], "faits_cahier_des_charges", id="sans-faits"),
        pytest.param(
            [{"code": "cahier_des_charges", "faits": "Au [à compléter\u00a0: date], onze adhérents."}],
            "faits_cahier_des_charges",
            id="texte-laissé-en-blanc",
        ),
        pytest.param(
            [{"code": "cahier_des_charges", "faits": FAITS}, {"code": "destabilisation", "faits": ""}],
            "faits_destabilisation",
            id="un-sur-deux",
        ),
    ],
)
def test_mot_1_refus_non_motive(objet, motifs, champ):
    assert list(verifier_motifs(objet, motifs)) == [champ]


@pytest.mark.parametrize("objet", ["lettre", "projet"])
def test_mot_1_refus_motive(objet):
    assert verifier_motifs(objet, [{"code": code, "faits": FAITS} for code in MOTIFS[objet]]) == {}


def test_mot_2_le_projet_n_a_que_trois_motifs():
    assert set(MOTIFS["projet"]) == {"cahier_des_charges", "criteres_conventionnels", "destabilisation"}
    assert verifier_motifs("projet", [{"code": "besoin", "faits": FAITS}])

"""What a département is on a day: the states of the map."""

from __future__ import annotations

from datetime import date

import pytest

from dossiers.regles.couverture import Presence, etat_departement, statut_au, statut_repris
from dossiers.regles.statuts import Statut as S

VALIDEE, INSTRUITE = Presence(S.LETTRE_VALIDEE), Presence(S.LETTRE_DEPOSEE)
ANCIENNE = Presence(S.LETTRE_VALIDEE, "mise_en_conformite")


@pytest.mark.parametrize(
    ("presences", "etat"),
    [
        ([], "libre"),
        ([Presence(S.CLOS), Presence(S.BROUILLON), Presence(S.LETTRE_REFUSEE)], "libre"),
        ([INSTRUITE], "instruction"),
        ([INSTRUITE, INSTRUITE], "instruction"),
        ([ANCIENNE], "anterieure"),
        ([ANCIENNE, VALIDEE], "couvert"),
        ([Presence(S.PROJET_VALIDE, "mise_en_conformite")], "couvert"),
        ([VALIDEE, INSTRUITE], "couvert"),
        ([VALIDEE, VALIDEE], "conflit"),
        ([VALIDEE, Presence(S.LETTRE_VALIDEE, deroge=True)], "couvert"),
        ([Presence(S.LETTRE_VALIDEE, a_regulariser=True)], "conflit"),
    ],
)
def test_cri_1c_etat_d_un_departement(presences, etat):
    assert etat_departement(presences) == etat


def test_le_dernier_evenement_dit_l_etat():
    assert statut_au([]) is S.BROUILLON
    assert statut_au([("creer_dossier", ""), ("deposer_lettre", "lettre_deposee")]) is S.LETTRE_DEPOSEE
    assert statut_au([("deposer_lettre", "lettre_deposee"), ("valider_lettre_tacite", "")]) is S.LETTRE_VALIDEE


def test_un_dossier_repris_avant_le_portail():
    jours = {"lettre_deposee_le": "2025-03-01", "lettre_validee_le": "2025-04-15", "amorcage_signe_le": ""}
    assert statut_repris(jours, date(2025, 2, 28)) is S.BROUILLON
    assert statut_repris(jours, date(2025, 4, 14)) is S.LETTRE_DEPOSEE
    assert statut_repris(jours, date(2025, 4, 15)) is S.LETTRE_VALIDEE

"""The journal's words: no event is read as its code (« Piece deposee »)."""

from __future__ import annotations

import re
from pathlib import Path

from dossiers.libelles import EVENEMENTS
from dossiers.regles.cycle import TRANSITIONS

RACINE = Path(__file__).resolve().parents[2]
ECRITURE = re.compile(r'consigner\(\s*(?:[^()]|\([^()]*\))*?type="([a-z_0-9]+)"')


def test_chaque_evenement_a_ses_mots():
    fichiers = [
        f
        for app in ("ess_portal", "dossiers", "adhesions", "financement", "indicateurs")
        for f in (RACINE / app).rglob("*.py")
    ]
    ecrits = {nom for f in fichiers for nom in ECRITURE.findall(f.read_text())}
    assert len(ecrits) > 30
    assert (ecrits | set(TRANSITIONS)) - EVENEMENTS.keys() == set()

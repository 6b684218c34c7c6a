"""Proofs: the same code at a reduced size in `make test`, at full size in `make preuves`, with their figures kept."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DOSSIER = Path(__file__).resolve().parents[2] / "preuves"
ENTIERES = os.environ.get("PREUVES", "") == "entieres"


@dataclass(frozen=True)
class Preuve:
    noeud: pytest.Item
    entiere: bool = ENTIERES

    def taille(self, reduite: int, entiere: int) -> int:
        """How many cases this run makes."""
        return entiere if self.entiere else reduite

    def noter(self, *, cas: int, fautes: int, plancher: int, **chiffres: object) -> None:
        """Prints the figures with the run, keeps them when the proof is whole, fails on a fault or on too few cases."""
        nom = re.sub(r"\W+", "_", self.noeud.name).strip("_")
        figures = {"cas": cas, "fautes": fautes, **chiffres}
        self.noeud.user_properties.append(("preuve", f"{nom} " + " ".join(f"{c}={v}" for c, v in figures.items())))
        if self.entiere:
            DOSSIER.mkdir(exist_ok=True)
            (DOSSIER / f"{nom}.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
        assert fautes == 0, f"{nom} : {fautes} fautes sur {cas} cas"
        assert cas >= plancher, f"{nom} : {cas} cas, {plancher} attendus au moins"


@pytest.fixture
def preuve(request: pytest.FixtureRequest) -> Preuve:
    return Preuve(request.node)


def pytest_terminal_summary(terminalreporter) -> None:
    lignes = [
        valeur
        for rapports in terminalreporter.stats.values()
        for rapport in rapports
        if getattr(rapport, "when", "") == "call"
        for nom, valeur in getattr(rapport, "user_properties", ())
        if nom == "preuve"
    ]
    if lignes:
        terminalreporter.section("preuves")
        for ligne in lignes:
            terminalreporter.write_line(ligne)

"""The second-level visa: what asks for it, and who may not give it."""

from __future__ import annotations

import pytest

from dossiers.regles.visa import exige_visa, refus_de_viser
from ess_portal.referentiel.regles.parametres import Parametres


@pytest.mark.parametrize(
    ("reglage", "refus", "validation"), [("non", False, False), ("refus", True, False), ("toutes", True, True)]
)
def test_ce_qui_attend_un_visa(reglage: str, refus: bool, validation: bool) -> None:
    p = Parametres(visa_decision=reglage)
    assert (exige_visa("defavorable", p), exige_visa("favorable", p)) == (refus, validation)


@pytest.mark.parametrize(
    ("auteur", "signataire", "refuse"), [(1, 2, False), (1, 1, True), (None, 2, False), (1, None, True)]
)
def test_qui_prepare_ne_vise_pas(auteur: int | None, signataire: int | None, refuse: bool) -> None:
    assert bool(refus_de_viser(auteur, signataire)) is refuse

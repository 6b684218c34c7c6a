"""What the adhésions tell the dossier: its headcount, and its adhérents libéraux once somebody has signed."""

from __future__ import annotations

from datetime import date
from typing import Any

from dossiers.models import Dossier

from .effectifs import Comptage


def fournir(dossier: Dossier, jour: date) -> dict[str, Any]:
    """The keys of `dossiers.faits.FaitsExternes` that stand here. Before any signature, the letter's declared figure is all there is."""
    comptage = Comptage.du_dossier(dossier, jour)
    signe = bool(comptage.medecins or comptage.seuil)
    return {"adherents_liberaux": comptage.liberaux(jour) if signe else None, "effectif": comptage.effectif(jour)}

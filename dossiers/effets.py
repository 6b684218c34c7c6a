"""Handlers of the journal's effects (`settings.EFFETS`): idempotent, called inside the relay's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ess_portal.socle import horloge

from .services import recapitulatifs


def recapitulatif(charge: Mapping[str, Any], cle: str) -> None:
    """The digests of one organisation for one week. `charge`: `organisation` (id), `lundi` (AAAA-MM-JJ)."""
    recapitulatifs.ecrire(
        organisation_id=charge["organisation"], lundi=date.fromisoformat(charge["lundi"]), au=horloge.maintenant()
    )

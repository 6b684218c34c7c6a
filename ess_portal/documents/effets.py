"""Handlers of the journal's effects (`settings.EFFETS`): idempotent, called inside the relay's transaction."""

import uuid
from collections.abc import Mapping
from typing import Any

from ess_portal.documents.services import analyser_piece, produire


def document(charge: Mapping[str, Any], cle: str) -> None:
    produire(uuid.UUID(charge["document"]))


def analyse(charge: Mapping[str, Any], cle: str) -> None:
    """A first try at once; while the scanner is silent the pièce waits for `tasks.analyser_en_attente`."""
    analyser_piece(uuid.UUID(charge["piece"]))

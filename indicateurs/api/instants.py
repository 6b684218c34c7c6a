"""Reading an instant written with its zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_FORME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def lire_instant(brut: Any) -> datetime | None:
    """In UTC; None for what is no instant, or bears no zone."""
    if not isinstance(brut, str) or not _FORME.fullmatch(brut):
        return None
    try:
        return datetime.fromisoformat(brut.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

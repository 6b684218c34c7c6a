"""What stands in a cell of a file, and how text is kept from being run by whoever opens it."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

# A datetime is written as it is given: the caller says the zone by giving a naive local time.
Cellule = str | int | Decimal | date | datetime | None
# What a spreadsheet takes for the start of a formula, full-width forms included, and what hides one from a reader.
DEBUTS = frozenset("=+-@\t\r\n＝＋－＠")
# Characters that XML 1.0 forbids, or that hide what follows them.
_INTERDITS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def neutraliser(texte: str) -> str:
    """An apostrophe before what could run: the cell stays text wherever it is pasted."""
    return f"'{texte}" if texte.lstrip("'")[:1] in DEBUTS and texte.strip("'") else texte


def rendre(texte: str) -> str:
    """The text before `neutraliser`."""
    return texte[1:] if texte.startswith("'") and texte.lstrip("'")[:1] in DEBUTS and texte.strip("'") else texte


def sain(texte: str) -> str:
    """The text of a cell: without control characters, which could stand before a formula, then neutralised."""
    return neutraliser(texte if texte.isprintable() else _INTERDITS.sub("", texte))

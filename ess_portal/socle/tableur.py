"""Lists as files: CSV, XLSX and ODS, written line by line whatever their length, in which no cell is ever a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from typing import BinaryIO

from .cellules import DEBUTS, Cellule, neutraliser, rendre, sain
from .classeurs import Lignes, verser_ods, verser_xlsx

__all__ = ["DEBUTS", "TYPES", "Cellule", "ecrire", "neutraliser", "rendre", "verser"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def ecrire(format_: str, feuille: str, lignes: Iterable[Sequence[Cellule]]) -> bytes:
    """The file of these lines, the first of which is the heading."""
    octets = BytesIO()
    verser(octets, format_, feuille, lignes)
    return octets.getvalue()


def verser(
    sortie: BinaryIO,
    format_: str,
    feuille: str,
    lignes: Lignes,
    a_propos: Sequence[tuple[str, str]] = (),
) -> None:
    """Writes these lines, the first of which is the heading, as they come: memory does not grow with them.

    `sortie` is a seekable file open for bytes. `a_propos`: pairs that say what the file is, on a second sheet where the format has one.
    """
    _ECRIVAINS[format_](sortie, feuille, lignes, a_propos)


def _plat(cellule: Cellule) -> str:
    if isinstance(cellule, str):
        return sain(cellule)
    if cellule is None:
        return ""
    if isinstance(cellule, datetime):
        return f"{cellule:%d/%m/%Y %H:%M}"
    if isinstance(cellule, date):
        return f"{cellule:%d/%m/%Y}"
    if isinstance(cellule, Decimal):
        return f"{cellule:f}".replace(".", ",")
    return str(cellule)


def _csv(sortie: BinaryIO, _feuille: str, lignes: Lignes, _a_propos: Sequence[tuple[str, str]]) -> None:
    """Semicolons, a decimal comma and a UTF-8 mark: what French spreadsheets open without a question."""
    texte = TextIOWrapper(sortie, encoding="utf-8-sig", newline="", write_through=False)
    csv.writer(texte, delimiter=";").writerows([_plat(c) for c in ligne] for ligne in lignes)
    texte.flush()
    texte.detach()


_ECRIVAINS: dict[str, Callable[[BinaryIO, str, Lignes, Sequence[tuple[str, str]]], None]] = {
    "csv": _csv,
    "xlsx": verser_xlsx,
    "ods": verser_ods,
}

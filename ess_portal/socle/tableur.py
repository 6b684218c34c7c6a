"""Lists as files: CSV, XLSX and ODS, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Cellule = str | int | date | None
# What a spreadsheet takes for the start of a formula, full-width forms included, and what hides one from a reader.
DEBUTS = frozenset("=+-@\t\r\n＝＋－＠")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def neutraliser(texte: str) -> str:
    """An apostrophe before what could run: the cell stays text wherever it is pasted."""
    return f"'{texte}" if texte.lstrip("'")[:1] in DEBUTS and texte.strip("'") else texte


def rendre(texte: str) -> str:
    """The text before `neutraliser`."""
    return texte[1:] if texte.startswith("'") and texte.lstrip("'")[:1] in DEBUTS and texte.strip("'") else texte


def ecrire(format_: str, feuille: str, lignes: Iterable[Sequence[Cellule]]) -> bytes:
    """The file of these lines, the first of which is the heading."""
    return {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[format_](feuille, lignes)


def _plat(cellule: Cellule) -> str:
    if isinstance(cellule, date):
        return f"{cellule:%d/%m/%Y}"
    return "" if cellule is None else neutraliser(str(cellule)) if isinstance(cellule, str) else str(cellule)


def _csv(_feuille: str, lignes: Iterable[Sequence[Cellule]]) -> bytes:
    """Semicolons and a UTF-8 mark: what French spreadsheets open without a question."""
    sortie = StringIO(newline="")
    csv.writer(sortie, delimiter=";").writerows([_plat(c) for c in ligne] for ligne in lignes)
    return sortie.getvalue().encode("utf-8-sig")


def _xlsx(feuille: str, lignes: Iterable[Sequence[Cellule]]) -> bytes:
    classeur = Workbook(write_only=True)
    page = classeur.create_sheet(feuille[:31])
    page.freeze_panes = "A2"
    for rang, ligne in enumerate(lignes):
        page.append([_cellule(page, valeur, entete=rang == 0) for valeur in ligne])
    octets = BytesIO()
    classeur.save(octets)
    return octets.getvalue()


def _cellule(page, valeur: Cellule, *, entete: bool) -> WriteOnlyCell:
    cellule = WriteOnlyCell(page, neutraliser(valeur) if isinstance(valeur, str) else valeur)
    if isinstance(valeur, str):
        cellule.data_type = "s"
    if isinstance(valeur, date):
        cellule.number_format = "DD/MM/YYYY"
    if entete:
        cellule.font = Font(bold=True)
    return cellule


_ESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"'
)
_MANIFESTE = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{TYPES["ods"]}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _ods(feuille: str, lignes: Iterable[Sequence[Cellule]]) -> bytes:
    rangees = "".join(f"<table:table-row>{''.join(_case(c) for c in ligne)}</table:table-row>" for ligne in lignes)
    contenu = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(feuille, {chr(34): "&quot;"})}">{rangees}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    octets = BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr("mimetype", TYPES["ods"], zipfile.ZIP_STORED)
        archive.writestr("content.xml", contenu, zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", _MANIFESTE, zipfile.ZIP_DEFLATED)
    return octets.getvalue()


def _case(valeur: Cellule) -> str:
    if valeur is None or valeur == "":
        return "<table:table-cell/>"
    if isinstance(valeur, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{valeur.isoformat()}"><text:p>{valeur:%d/%m/%Y}</text:p>'
            "</table:table-cell>"
        )
    if isinstance(valeur, int):
        return f'<table:table-cell office:value-type="float" office:value="{valeur}"><text:p>{valeur}</text:p></table:table-cell>'
    paragraphes = "".join(f"<text:p>{escape(p)}</text:p>" for p in _imprimable(neutraliser(valeur)).split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphes}</table:table-cell>'


def _imprimable(texte: str) -> str:
    """Without the control characters that XML forbids."""
    return "".join(c for c in texte if c in "\n\t" or ord(c) >= 32)

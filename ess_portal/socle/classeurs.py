"""XLSX and ODS written straight into their archive, some hundreds of lines at a time.

A general library builds an object per cell: several times the cost of the bytes. What is written here is the little that a list needs: text
in place, figures, days and instants, a heading that stays in sight. Nothing here can write a formula.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from .cellules import Cellule, sain

Lignes = Iterable[Sequence[Cellule]]
PAR_LOT = 500
# What a cell of XLSX holds at most; a longer text would make the whole file « corrupt ».
TEXTE_MAX = 32_767
_ZERO = date(1899, 12, 30)
_ZERO_INSTANT = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet's instants have no zone
# Styles of XLSX, by their rank in `_STYLES`.
_ENTETE, _JOUR, _INSTANT, _MONTANT = 1, 2, 3, 4


def _archive(sortie: BinaryIO) -> zipfile.ZipFile:
    # The first level of compression: a third of the time of the usual one, for a tenth more bytes.
    return zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED, compresslevel=1)


def _par_lots(rangees: Iterator[str]) -> Iterator[bytes]:
    while lot := "".join(islice(rangees, PAR_LOT)):
        yield lot.encode()


def _verser(archive: zipfile.ZipFile, nom: str, debut: str, rangees: Iterator[str], fin: str) -> None:
    with archive.open(nom, "w", force_zip64=True) as feuille:
        feuille.write(debut.encode())
        for lot in _par_lots(rangees):
            feuille.write(lot)
        feuille.write(fin.encode())


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LIENS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUET = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_PRINCIPAL}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    + "".join(
        f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for n in (164, 165, 4)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FIGE = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/>'
)


def verser_xlsx(sortie: BinaryIO, feuille: str, lignes: Lignes, a_propos: Sequence[tuple[str, str]]) -> None:
    titres = [feuille[:31], *(["À propos"] if a_propos else [])]
    with _archive(sortie) as archive:
        for nom, texte in _paquet_xlsx(titres):
            archive.writestr(nom, texte)
        debut = f'{_XML}<worksheet xmlns="{_PRINCIPAL}">{_FIGE}<sheetData>'
        _verser(archive, "xl/worksheets/sheet1.xml", debut, _rangees_xlsx(lignes), "</sheetData></worksheet>")
        if a_propos:
            rangees = (f"<row>{_texte_xlsx(t, _ENTETE)}{_texte_xlsx(v)}</row>" for t, v in a_propos)
            debut = f'{_XML}<worksheet xmlns="{_PRINCIPAL}"><cols><col min="1" max="2" width="36" customWidth="1"/></cols><sheetData>'
            _verser(archive, "xl/worksheets/sheet2.xml", debut, rangees, "</sheetData></worksheet>")


def _paquet_xlsx(titres: Sequence[str]) -> Iterator[tuple[str, str]]:
    rangs = range(1, len(titres) + 1)
    parties = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_OFFICE}.worksheet+xml"/>' for n in rangs
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PAQUET}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>{parties}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PAQUET}/relationships"><Relationship Id="rId1" Type="{_LIENS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    feuilles = "".join(
        f'<sheet name={quoteattr(t)} sheetId="{n}" r:id="rId{n}"/>' for n, t in zip(rangs, titres, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_PRINCIPAL}" xmlns:r="{_LIENS}"><sheets>{feuilles}</sheets></workbook>',
    )
    liens = "".join(
        f'<Relationship Id="rId{n}" Type="{_LIENS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in rangs
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PAQUET}/relationships">{liens}<Relationship Id="rId{len(titres) + 1}" Type="{_LIENS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES


def _rangees_xlsx(lignes: Lignes) -> Iterator[str]:
    suite = iter(lignes)
    for entete in islice(suite, 1):
        yield f"<row>{''.join(_texte_xlsx(str(t), _ENTETE) for t in entete)}</row>"
    for ligne in suite:
        yield f"<row>{''.join([_case_xlsx(c) for c in ligne])}</row>"


def _texte_xlsx(texte: str, style: int = 0) -> str:
    lu = sain(texte)
    if len(lu) > TEXTE_MAX:
        lu = f"{lu[: TEXTE_MAX - 1]}…"
    s = f' s="{style}"' if style else ""
    return f'<c{s} t="inlineStr"><is><t xml:space="preserve">{escape(lu)}</t></is></c>'


def _case_xlsx(valeur: Cellule) -> str:
    if isinstance(valeur, str):
        return _texte_xlsx(valeur) if valeur else "<c/>"
    if valeur is None:
        return "<c/>"
    if isinstance(valeur, datetime):
        return f'<c s="{_INSTANT}"><v>{(valeur - _ZERO_INSTANT).total_seconds() / 86_400:.8f}</v></c>'
    if isinstance(valeur, date):
        return f'<c s="{_JOUR}"><v>{(valeur - _ZERO).days}</v></c>'
    if isinstance(valeur, Decimal):
        return f'<c s="{_MONTANT}"><v>{valeur:f}</v></c>'
    return f"<c><v>{int(valeur)}</v></c>"


_TYPE_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"'
)
_STYLES_ODS = (
    '<office:automatic-styles><number:date-style style:name="J"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>'
    '<number:date-style style:name="I"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/><number:text> </number:text><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/></number:date-style>'
    '<number:number-style style:name="M"><number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>'
    "</number:number-style>"
    + "".join(
        f'<style:style style:name="c{n}" style:family="table-cell" style:data-style-name="{n}"/>'
        for n in ("J", "I", "M")
    )
    + "</office:automatic-styles>"
)
_MANIFESTE = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def verser_ods(sortie: BinaryIO, feuille: str, lignes: Lignes, a_propos: Sequence[tuple[str, str]]) -> None:
    debut = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ESPACES}>{_STYLES_ODS}<office:body><office:spreadsheet>'
    with _archive(sortie) as archive:
        archive.writestr("mimetype", _TYPE_ODS, zipfile.ZIP_STORED)
        fin = "</office:spreadsheet></office:body></office:document-content>"
        _verser(archive, "content.xml", debut, _tables_ods(feuille, lignes, a_propos), fin)
        archive.writestr("META-INF/manifest.xml", _MANIFESTE)


def _tables_ods(feuille: str, lignes: Lignes, a_propos: Sequence[tuple[str, str]]) -> Iterator[str]:
    for titre, rangees in ((feuille, lignes), *([("À propos", a_propos)] if a_propos else [])):
        yield f"<table:table table:name={quoteattr(titre)}>"
        for ligne in rangees:
            yield f"<table:table-row>{''.join([_case_ods(c) for c in ligne])}</table:table-row>"
        yield "</table:table>"


def _nombre_ods(genre: str, champ: str, valeur: object, texte: str, style: str = "") -> str:
    s = f' table:style-name="{style}"' if style else ""
    return f'<table:table-cell{s} office:value-type="{genre}" office:{champ}="{valeur}"><text:p>{texte}</text:p></table:table-cell>'


def _case_ods(valeur: Cellule) -> str:
    if valeur is None or valeur == "":
        return "<table:table-cell/>"
    if isinstance(valeur, str):
        paragraphes = "".join(f"<text:p>{escape(p)}</text:p>" for p in sain(valeur).split("\n"))
        return f'<table:table-cell office:value-type="string">{paragraphes}</table:table-cell>'
    if isinstance(valeur, datetime):
        return _nombre_ods("date", "date-value", f"{valeur:%Y-%m-%dT%H:%M:%S}", f"{valeur:%d/%m/%Y %H:%M}", "cI")
    if isinstance(valeur, date):
        return _nombre_ods("date", "date-value", valeur.isoformat(), f"{valeur:%d/%m/%Y}", "cJ")
    if isinstance(valeur, Decimal):
        return _nombre_ods("float", "value", f"{valeur:f}", f"{valeur:f}".replace(".", ","), "cM")
    return _nombre_ods("float", "value", int(valeur), str(int(valeur)))

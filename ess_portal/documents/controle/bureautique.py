"""Office documents: ZIP archives whose table, sizes and XML are checked before anybody opens them."""

import re
import zipfile
from pathlib import Path
from typing import IO

from ess_portal.documents.controle.refus import FichierRefuse, Motif

ENTREES_MAXIMUM = 5_000
DECOMPRESSE_MAXIMUM = 250 * 1024 * 1024
RAPPORT_MAXIMUM = 150
RAPPORT_LIBRE = 20 * 1024 * 1024
XML_MAXIMUM = 120 * 1024 * 1024

_ODF = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_OOXML = {
    b"wordprocessingml.document.main+xml": ("docx", "word/document.xml"),
    b"spreadsheetml.sheet.main+xml": ("xlsx", "xl/workbook.xml"),
}
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_EXTERNE = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
_HYPERLIEN = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")


def controler(chemin: Path) -> str:
    try:
        with chemin.open("rb") as fichier, zipfile.ZipFile(fichier) as archive:
            _table(archive, chemin.stat().st_size)
            format_ = _format(archive)
            _membres(archive, format_, profondeur=0)
            return format_
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        RuntimeError,
        KeyError,
        UnicodeDecodeError,
        OSError,
    ) as erreur:
        raise FichierRefuse(Motif.ILLISIBLE) from erreur


def _table(archive: zipfile.ZipFile, taille: int) -> None:
    membres = archive.infolist()
    if len(membres) > ENTREES_MAXIMUM:
        raise FichierRefuse(Motif.BOMBE)
    if archive.comment or (membres and min(m.header_offset for m in membres) != 0):
        raise FichierRefuse(Motif.POLYGLOTTE)
    noms = [membre.filename for membre in membres]
    if len(set(noms)) != len(noms) or any(_evade(nom) for nom in noms):
        raise FichierRefuse(Motif.ILLISIBLE)
    if any(membre.external_attr >> 16 & 0o170000 == 0o120000 for membre in membres):
        raise FichierRefuse(Motif.ILLISIBLE)
    if any(membre.flag_bits & 0x1 for membre in membres):
        raise FichierRefuse(Motif.CHIFFRE)
    if any(membre.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for membre in membres):
        raise FichierRefuse(Motif.ILLISIBLE)
    total = sum(membre.file_size for membre in membres)
    if sum(membre.compress_size for membre in membres) > taille:
        raise FichierRefuse(Motif.BOMBE)
    if total > DECOMPRESSE_MAXIMUM or (total > RAPPORT_LIBRE and total > RAPPORT_MAXIMUM * taille):
        raise FichierRefuse(Motif.BOMBE)


def _evade(nom: str) -> bool:
    return nom.startswith("/") or "\\" in nom or "\0" in nom or ":" in nom.split("/")[0] or ".." in nom.split("/")


def _format(archive: zipfile.ZipFile) -> str:
    noms = set(archive.namelist())
    if "mimetype" in noms:
        mime = _lire(archive, "mimetype", 200).strip()
        if mime in _ODF:
            return _ODF[mime]
        raise FichierRefuse(Motif.TYPE)
    if "[Content_Types].xml" not in noms:
        raise FichierRefuse(Motif.TYPE)
    types = _lire(archive, "[Content_Types].xml", 2 * 1024 * 1024)
    if b"macroenabled" in types.lower() or b"vbaProject" in types:
        raise FichierRefuse(Motif.MACRO)
    for marque, (format_, principal) in _OOXML.items():
        if marque in types and principal in noms:
            return format_
    raise FichierRefuse(Motif.TYPE)


def _membres(archive: zipfile.ZipFile, format_: str, profondeur: int) -> None:
    total = 0
    for membre in archive.infolist():
        nom = membre.filename.lower()
        if membre.is_dir():
            continue
        if nom.endswith(("vbaproject.bin", "vbadata.xml")) or (
            format_ in ("odt", "ods") and nom.startswith(("basic/", "scripts/"))
        ):
            raise FichierRefuse(Motif.MACRO)
        if (
            "/activex/" in nom
            or "oleobject" in nom
            or nom.endswith((".exe", ".js", ".vbs", ".bat", ".html", ".hta", ".svg.js"))
        ):
            raise FichierRefuse(Motif.ACTIF)
        if "/embeddings/" in nom:
            _incorpore(archive, membre, profondeur)
        with archive.open(membre) as flux:
            total += _parcourir(flux, nom, format_)
        if total > DECOMPRESSE_MAXIMUM:
            raise FichierRefuse(Motif.BOMBE)


def _incorpore(archive: zipfile.ZipFile, membre: zipfile.ZipInfo, profondeur: int) -> None:
    """The workbook behind a chart is admitted, once, when it is as clean as its document."""
    if profondeur or not membre.filename.lower().endswith(".xlsx"):
        raise FichierRefuse(Motif.INCORPORE)
    with archive.open(membre) as flux, zipfile.ZipFile(flux) as interne:
        _table(interne, membre.file_size)
        if _format(interne) != "xlsx":
            raise FichierRefuse(Motif.INCORPORE)
        _membres(interne, "xlsx", profondeur + 1)


def _parcourir(flux: IO[bytes], nom: str, format_: str) -> int:
    """Reads a member to its end (sizes announced may lie) and refuses what an XML of office never needs."""
    est_xml = nom.endswith((".xml", ".rels"))
    total, reste = 0, b""
    while morceau := flux.read(1 << 20):
        total += len(morceau)
        if total > (XML_MAXIMUM if est_xml else DECOMPRESSE_MAXIMUM):
            raise FichierRefuse(Motif.BOMBE)
        if est_xml:
            fenetre = reste + morceau
            if b"<!ENTITY" in fenetre or b"<!DOCTYPE" in fenetre:
                raise FichierRefuse(Motif.BOMBE)
            if format_ in ("odt", "ods") and b"manifest:encryption-data" in fenetre:
                raise FichierRefuse(Motif.CHIFFRE)
            if b"<script:event-listener" in fenetre:
                raise FichierRefuse(Motif.MACRO)
            if nom.endswith(".rels"):
                _relations(fenetre)
            reste = fenetre[-4096:]
    return total


def _relations(texte: bytes) -> None:
    for relation in _RELATION.findall(texte):
        if _EXTERNE.search(relation) and not _HYPERLIEN.search(relation):
            raise FichierRefuse(Motif.EXTERNE)


def _lire(archive: zipfile.ZipFile, nom: str, limite: int) -> bytes:
    with archive.open(nom) as flux:
        return flux.read(limite)

"""A list in CSV, XLSX or ODS, read in the child: text of the cells, or why the file is refused.

The archive is judged first (macros, bombs, entities), then its XML is looked through for what a list must not hold, because
the reader only gives values: formulas, merged cells, columns without end.
"""

import csv
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from io import StringIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from ess_portal.documents.controle import bureautique
from ess_portal.documents.controle.refus import FichierRefuse, Motif

SEPARATEURS = ";,\t"
CELLULE_MAXIMUM = 5_000
# Rows counted in the XML before any reading: a sheet far beyond the limit is not even opened.
RANGEES_MAXIMUM = 20_000
_AUTRES = (b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
_FORMULE_XLSX = re.compile(rb"<f[ >/]")
_ADRESSE_XLSX = re.compile(rb'r="([A-Z]+[0-9]+)"')
_FUSION_XLSX = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')
_RANGEE_LOINTAINE = re.compile(rb'<row r="[0-9]{6,}"')
_COLONNE_LOINTAINE = re.compile(rb'<c r="[A-Z]{3}[0-9]+"')
_FORMULE_ODS = re.compile(rb'table:formula="')
_FUSION_ODS = re.compile(rb'table:number-(?:columns|rows)-spanned="(?:[2-9]|[1-9][0-9]+)"')


def lire(chemin: Path, annonce: str, *, lignes_maximum: int, colonnes_maximum: int) -> list[list[str]]:
    """Lines as they stand, empty ones included (their number is the file's), without the empty end."""
    if annonce == "csv":
        lignes = _csv(chemin, lignes_maximum)
    else:
        lignes = _classeur(chemin, annonce, lignes_maximum, colonnes_maximum)
    while lignes and not any(lignes[-1]):
        lignes.pop()
    if sum(1 for ligne in lignes if any(ligne)) > lignes_maximum + 1:
        raise FichierRefuse(Motif.TROP_DE_LIGNES, limite=lignes_maximum)
    if any(any(ligne[colonnes_maximum:]) for ligne in lignes):
        raise FichierRefuse(Motif.TROP_DE_COLONNES, limite=colonnes_maximum)
    return [[cellule[:CELLULE_MAXIMUM] for cellule in ligne[:colonnes_maximum]] for ligne in lignes]


def _csv(chemin: Path, lignes_maximum: int) -> list[list[str]]:
    octets = chemin.read_bytes()
    if octets.startswith(_AUTRES):
        raise FichierRefuse(Motif.TABLEAU)
    texte = _decoder(octets)
    csv.field_size_limit(CELLULE_MAXIMUM * 4)
    lignes: list[list[str]] = []
    lecteur = csv.reader(StringIO(texte, newline=""), delimiter=_separateur(texte), strict=True)
    try:
        for ligne in lecteur:
            lignes.append([cellule.strip() for cellule in ligne])
            for rang, cellule in enumerate(lignes[-1]):
                if cellule.startswith(("=", "\uff1d")):
                    raise FichierRefuse(Motif.FORMULE, ou=f"ligne {lecteur.line_num}, colonne {rang + 1}")
            if len(lignes) > lignes_maximum + RANGEES_MAXIMUM:
                raise FichierRefuse(Motif.TROP_DE_LIGNES, limite=lignes_maximum)
    except csv.Error as erreur:
        raise FichierRefuse(Motif.LIGNE, ou=lecteur.line_num) from erreur
    return lignes


def _decoder(octets: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252 as French spreadsheets write it."""
    encodages = ("utf-16",) if octets.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encodage in encodages:
        try:
            texte = octets.decode(encodage)
        except UnicodeDecodeError:
            continue
        if "\x00" not in texte:
            return texte
    raise FichierRefuse(Motif.ENCODAGE)


def _separateur(texte: str) -> str:
    """The one that the heading uses most, outside quotes."""
    entete = next((ligne for ligne in texte.splitlines() if ligne.strip()), "")
    comptes = Counter(c for c in re.sub(r'"[^"]*"', "", entete) if c in SEPARATEURS)
    return max(SEPARATEURS, key=lambda s: (comptes[s], -SEPARATEURS.index(s)))


def _classeur(chemin: Path, annonce: str, lignes_maximum: int, colonnes_maximum: int) -> list[list[str]]:
    with chemin.open("rb") as fichier:
        if not fichier.read(4).startswith(b"PK\x03\x04"):
            raise FichierRefuse(Motif.TABLEAU)
    format_ = bureautique.controler(chemin)
    if format_ not in ("xlsx", "ods"):
        raise FichierRefuse(Motif.TABLEAU)
    if format_ != annonce:
        raise FichierRefuse(Motif.DISCORDANCE, trouve=f"classeur {format_.upper()}")
    _parcourir(chemin, format_, lignes_maximum, colonnes_maximum)
    try:
        feuille = CalamineWorkbook.from_path(chemin).get_sheet_by_index(0)
        return [[_texte(valeur) for valeur in rangee] for rangee in feuille.to_python(skip_empty_area=False)]
    except (CalamineError, ValueError, OSError) as erreur:
        raise FichierRefuse(Motif.ILLISIBLE) from erreur


def _parcourir(chemin: Path, format_: str, lignes_maximum: int, colonnes_maximum: int) -> None:
    """Formulas, merged cells and size, from the XML of the sheets. Members were measured already: they fit in memory."""
    with zipfile.ZipFile(chemin) as archive:
        for nom in archive.namelist():
            if format_ == "xlsx" and re.fullmatch(r"xl/worksheets/[^/]+\.xml", nom):
                xml = archive.read(nom)
                if trouve := _FORMULE_XLSX.search(xml):
                    adresse = _ADRESSE_XLSX.search(xml, xml.rfind(b"<c ", 0, trouve.start()))
                    raise FichierRefuse(Motif.FORMULE, ou=f"cellule {adresse[1].decode()}" if adresse else nom)
                if trouve := _FUSION_XLSX.search(xml):
                    raise FichierRefuse(Motif.FUSION, ou=f"cellules {trouve[1].decode()}")
                if xml.count(b"<row") > lignes_maximum + RANGEES_MAXIMUM or _RANGEE_LOINTAINE.search(xml):
                    raise FichierRefuse(Motif.TROP_DE_LIGNES, limite=lignes_maximum)
                if _COLONNE_LOINTAINE.search(xml):
                    raise FichierRefuse(Motif.TROP_DE_COLONNES, limite=colonnes_maximum)
            elif format_ == "ods" and nom == "content.xml":
                xml = archive.read(nom)
                if _FORMULE_ODS.search(xml):
                    raise FichierRefuse(Motif.FORMULE, ou="une cellule commence par «\u00a0=\u00a0»")
                if _FUSION_ODS.search(xml):
                    raise FichierRefuse(Motif.FUSION, ou="une cellule en couvre plusieurs")
                if xml.count(b"<table:table-row") > lignes_maximum + RANGEES_MAXIMUM:
                    raise FichierRefuse(Motif.TROP_DE_LIGNES, limite=lignes_maximum)


def _texte(valeur: object) -> str:
    """A cell as it would be typed: whole numbers without decimals, days in ISO form."""
    if isinstance(valeur, datetime):
        return valeur.date().isoformat()
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    return str(valeur).replace("\x00", "").strip()

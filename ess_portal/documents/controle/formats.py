"""Accepted formats, and the names they come under."""

import re
import unicodedata
from dataclasses import dataclass

from ess_portal.documents.controle.refus import FichierRefuse, Motif

NOM_MAXIMUM = 120


@dataclass(frozen=True)
class Format:
    mime: str
    libelle: str
    extensions: tuple[str, ...]


FORMATS = {
    "pdf": Format("application/pdf", "PDF", ("pdf",)),
    "jpeg": Format("image/jpeg", "image JPEG", ("jpg", "jpeg")),
    "png": Format("image/png", "image PNG", ("png",)),
    "docx": Format(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document Word", ("docx",)
    ),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "classeur Excel", ("xlsx",)),
    "odt": Format("application/vnd.oasis.opendocument.text", "texte OpenDocument", ("odt",)),
    "ods": Format("application/vnd.oasis.opendocument.spreadsheet", "classeur OpenDocument", ("ods",)),
}
PAR_EXTENSION = {extension: code for code, format_ in FORMATS.items() for extension in format_.extensions}
ACCEPT = ",".join(f".{extension}" for extension in PAR_EXTENSION)

_PROGRAMMES = frozenset(
    {
        "exe",
        "com",
        "bat",
        "cmd",
        "scr",
        "pif",
        "msi",
        "dll",
        "cpl",
        "jar",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "wsh",
        "ps1",
        "psm1",
        "sh",
        "php",
        "phtml",
        "phar",
        "asp",
        "aspx",
        "jsp",
        "py",
        "pl",
        "rb",
        "cgi",
        "hta",
        "html",
        "htm",
        "xhtml",
        "shtml",
        "svg",
        "svgz",
        "xml",
        "xsl",
        "mht",
        "lnk",
        "url",
        "iso",
        "img",
        "docm",
        "dotm",
        "xlsm",
        "xltm",
        "xlam",
        "pptm",
        "app",
        "apk",
    }
)
_RESERVES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def nom_propre(brut: str) -> str:
    """The name as it may be shown and served: no path, no control or direction character, 120 characters at most."""
    nom = unicodedata.normalize("NFC", brut.encode("utf-8", "replace").decode("utf-8"))
    nom = re.split(r"[/\\]", nom)[-1]
    nom = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp") else c for c in nom)
    nom = "".join(c for c in nom if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    nom = re.sub(r'[<>:"|?*;%]', "_", nom)
    nom = re.sub(r" {2,}", " ", nom).rstrip(" .").lstrip(" ")
    radical, point, extension = nom.rpartition(".")
    if not point:
        radical, extension = nom, ""
    radical = radical.strip(" .") or "fichier"
    if _RESERVES.match(radical):
        radical = f"_{radical}"
    radical = radical[: NOM_MAXIMUM - len(extension) - 1].rstrip(" .")
    return f"{radical}.{extension.lower()}" if extension else radical


def format_annonce(nom: str) -> str:
    """The format that the extension announces; refuses programmes, alone or hidden as in « contrat.exe.pdf »."""
    morceaux = nom.lower().split(".")[1:]
    if not morceaux or morceaux[-1] not in PAR_EXTENSION:
        raise FichierRefuse(Motif.MACRO if morceaux and morceaux[-1] in ("docm", "xlsm") else Motif.EXTENSION)
    if any(morceau.strip() in _PROGRAMMES for morceau in morceaux[:-1]):
        raise FichierRefuse(Motif.NOM)
    return PAR_EXTENSION[morceaux[-1]]

"""The sandbox's own scanner: EICAR anywhere, in clear, in archives inside archives, in the streams of a PDF.

It is no antivirus: production refuses to start without clamd.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from ess_portal.documents.controle import pdf as controle_pdf

# In two halves: a scanner that reads this source file must not find the test signature in it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROFONDEUR_MAXIMUM = 4
MEMBRE_MAXIMUM = 150 * 1024 * 1024


def chercher(chemin: Path) -> str | None:
    """The name of the signature found, or None."""
    return "Eicar-Test-Signature" if any(_contient(flux) for flux in _flux(chemin)) else None


def _contient(morceaux: Iterator[bytes]) -> bool:
    reste = b""
    for morceau in morceaux:
        fenetre = reste + morceau
        if EICAR in fenetre:
            return True
        reste = fenetre[-len(EICAR) :]
    return False


def _flux(chemin: Path) -> Iterator[Iterator[bytes]]:
    with chemin.open("rb") as fichier:
        yield iter(lambda: fichier.read(1 << 20), b"")
        fichier.seek(0)
        tete = fichier.read(5)
        fichier.seek(0)
        if zipfile.is_zipfile(fichier):
            yield from _archive(fichier, 0)
        elif tete == b"%PDF-":
            with pikepdf.open(chemin, suppress_warnings=True) as document:
                for objet in document.objects:
                    if isinstance(objet, pikepdf.Stream):
                        yield controle_pdf.morceaux(objet)


def _archive(fichier, profondeur: int) -> Iterator[Iterator[bytes]]:
    with zipfile.ZipFile(fichier) as archive:
        for membre in archive.infolist():
            with archive.open(membre) as flux:
                contenu = flux.read(MEMBRE_MAXIMUM)
            yield iter([contenu])
            if profondeur < PROFONDEUR_MAXIMUM and contenu[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(contenu)):
                yield from _archive(io.BytesIO(contenu), profondeur + 1)

"""The extract on disk: its name, its date, its blocks of whole lines, inside a ZIP archive or not."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from ..regles.lecture import NOMBRE, FichierRefuse, encodage

NOM = re.compile(r"PS_LibreAcces_Personne_activite_(\d{12})\.(?:txt|csv)$", re.IGNORECASE)
BLOC = 2 * 1024 * 1024
ENTETE_MAX = 64 * 1024
FUSEAU = ZoneInfo("Europe/Paris")


@dataclass
class Extrait:
    """An open extract, its header already read."""

    nom: str
    extrait_le: datetime
    taille: int
    encodage: str
    flux: IO[bytes]
    lus: int = 0

    def blocs(self) -> Iterator[bytes]:
        """The lines after the header, by blocks of about 2 MB. Raises FichierRefuse when the last line is cut short."""
        reste = b""
        while morceau := self.flux.read(BLOC):
            self.lus += len(morceau)
            fin = morceau.rfind(b"\n") + 1
            if not fin:
                reste += morceau
                if len(reste) > 4 * BLOC:
                    raise FichierRefuse("Ce fichier n’a pas de fins de ligne\u00a0: ce n’est pas l’extrait publié.")
                continue
            yield reste + morceau[:fin]
            reste = morceau[fin:]
        if reste:
            if reste.count(b"|") < NOMBRE - 1:
                raise FichierRefuse(
                    "La dernière ligne de ce fichier est coupée\u00a0: le téléchargement n’est pas allé au bout. Téléchargez-le de nouveau."
                )
            yield reste


@contextmanager
def ouvrir(chemin: Path) -> Iterator[Extrait]:
    """The extract of a text file, or the one that a ZIP archive holds. Raises FichierRefuse."""
    try:
        archive = zipfile.ZipFile(chemin) if zipfile.is_zipfile(chemin) else None
    except OSError as echec:
        raise FichierRefuse(f"Ce fichier ne se lit pas\u00a0: {echec.strerror}.") from None
    if archive is None:
        if not chemin.is_file():
            raise FichierRefuse(f"Il n’y a pas de fichier {chemin}.")
        with chemin.open("rb", buffering=0) as flux:
            yield _extrait(chemin.name, chemin.stat().st_size, flux)
        return
    with archive:
        membres = [m for m in archive.infolist() if NOM.search(m.filename)]
        if len(membres) != 1:
            raise FichierRefuse(
                "Cette archive ne contient pas un fichier «\u00a0PS_LibreAcces_Personne_activite_AAAAMMJJHHMM.txt\u00a0»."
            )
        with archive.open(membres[0]) as flux:
            yield _extrait(Path(membres[0].filename).name, membres[0].file_size, flux)


def _extrait(nom: str, taille: int, flux: IO[bytes]) -> Extrait:
    entete = b""
    while b"\n" not in entete and len(entete) < ENTETE_MAX and (octet := flux.read(4096)):
        entete += octet
    ligne, _, suite = entete.partition(b"\n")
    code = encodage(ligne)
    return Extrait(nom, date_du_nom(nom), taille, code, _Suite(suite, flux), len(ligne) + 1)


class _Suite:
    """A stream whose first bytes were already read."""

    def __init__(self, debut: bytes, flux: IO[bytes]) -> None:
        self.debut, self.flux = debut, flux

    def read(self, taille: int) -> bytes:
        debut, self.debut = self.debut, b""
        return debut or self.flux.read(taille)


def date_du_nom(nom: str) -> datetime:
    """When the extract was made: only its name says it. Raises FichierRefuse."""
    trouve = NOM.search(nom)
    try:
        return datetime.strptime(trouve[1] if trouve else "", "%Y%m%d%H%M").replace(tzinfo=FUSEAU)
    except ValueError:
        raise FichierRefuse(
            "Le nom du fichier porte la date de l’extrait\u00a0: gardez celui d’origine, PS_LibreAcces_Personne_activite_AAAAMMJJHHMM.txt."
        ) from None

"""The bytes of exports: on the disk of the pièces, under opaque names of their own, never served but by the page that judges the reader.

While a file is being written, how far it is stands beside it: a hint for the page that waits, lost without harm.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from ess_portal.documents import reglages

AGE_ORPHELIN = 24 * 3600
_NOM = re.compile(r"^[0-9a-f]{32}$")


class FichierAbsent(OSError):
    """A row quotes a file that the disk does not have."""


def _racine() -> Path:
    racine = reglages.racine() / "exports"
    racine.mkdir(parents=True, exist_ok=True, mode=0o700)
    return racine


def publier(source: Path) -> tuple[str, int, str]:
    """Moves a finished file among the exports: gives its opaque name, its size in bytes and its SHA-256."""
    nom, empreinte = uuid.uuid4().hex, hashlib.sha256()
    with source.open("rb") as fichier:
        while bloc := fichier.read(1 << 20):
            empreinte.update(bloc)
        os.fsync(fichier.fileno())
    source.chmod(0o600)
    taille = source.stat().st_size
    source.rename(_racine() / nom)
    return nom, taille, empreinte.hexdigest()


def absolu(nom: str) -> Path:
    """Where the file is. Raises FichierAbsent."""
    cible = _racine() / nom
    if not _NOM.match(nom) or not cible.is_file():
        raise FichierAbsent(nom)
    return cible


def supprimer(nom: str) -> None:
    if _NOM.match(nom):
        (_racine() / nom).unlink(missing_ok=True)


def lister_anciens() -> Iterator[str]:
    """Files older than a day by the disk's own clock, whoever quotes them."""
    temoin = _racine() / f"temoin-{uuid.uuid4().hex}"
    temoin.touch()
    maintenant = temoin.stat().st_mtime
    temoin.unlink()
    for fichier in sorted(_racine().iterdir()):
        if maintenant - fichier.stat().st_ctime > AGE_ORPHELIN:
            if _NOM.match(fichier.name):
                yield fichier.name
            else:
                fichier.unlink(missing_ok=True)


def _marque(export_id: uuid.UUID) -> Path:
    return _racine() / f"avancement-{export_id.hex}"


def noter_avancement(export_id: uuid.UUID, lignes: int) -> None:
    _marque(export_id).write_text(str(lignes))


def oublier_avancement(export_id: uuid.UUID) -> None:
    _marque(export_id).unlink(missing_ok=True)


def avancement(export_id: uuid.UUID) -> int | None:
    """How many rows are written; None while nobody is at it."""
    try:
        return int(_marque(export_id).read_text() or 0)
    except (FileNotFoundError, ValueError):
        return None

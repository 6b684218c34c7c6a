"""Blobs of the pièces: written, synced, renamed under an opaque name; read and removed by that name only."""

import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ess_portal.documents import reglages

AGE_ORPHELIN = 24 * 3600
_CHEMIN = re.compile(r"^[0-9a-f]{2}/[0-9a-f]{32}$")


class BlobAbsent(OSError):
    """A row quotes a blob that the disk does not have."""


@contextmanager
def atelier() -> Iterator[Path]:
    """A private directory on the blobs' own disk: the final rename is atomic, and a crash leaves nothing published."""
    base = reglages.racine() / "tmp"
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    dossier = Path(tempfile.mkdtemp(dir=base))
    try:
        yield dossier
    finally:
        shutil.rmtree(dossier, ignore_errors=True)


def publier(source: Path) -> str:
    """Moves a finished file among the blobs and gives its opaque name."""
    nom = uuid.uuid4().hex
    chemin = f"{nom[:2]}/{nom}"
    cible = _absolu(chemin)
    cible.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as fichier:
        os.fsync(fichier.fileno())
    source.chmod(0o600)
    source.rename(cible)
    _synchroniser(cible.parent)
    return chemin


def absolu(chemin: str) -> Path:
    cible = _absolu(chemin)
    if not cible.is_file():
        raise BlobAbsent(chemin)
    return cible


def lire(chemin: str) -> bytes:
    return absolu(chemin).read_bytes()


def supprimer(chemin: str) -> None:
    _absolu(chemin).unlink(missing_ok=True)


def lister_anciens() -> Iterator[str]:
    """Blobs older than a day, told by the disk's own clock: the sandbox's simulated days do not age a file."""
    racine = reglages.racine()
    if not racine.is_dir():
        return
    with tempfile.NamedTemporaryFile(dir=racine) as temoin:
        maintenant = os.stat(temoin.name).st_mtime
    for blob in sorted((racine / "blobs").glob("??/*")):
        if maintenant - blob.stat().st_ctime > AGE_ORPHELIN:
            yield f"{blob.parent.name}/{blob.name}"


def _absolu(chemin: str) -> Path:
    if not _CHEMIN.match(chemin):
        raise BlobAbsent(chemin)
    return reglages.racine() / "blobs" / chemin


def _synchroniser(dossier: Path) -> None:
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)

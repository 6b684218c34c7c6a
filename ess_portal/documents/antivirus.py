"""Scanners. A scanner that does not answer says nothing: the pièce stays pending, never safe."""

import re
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from ess_portal.documents import reglages
from ess_portal.documents.controle import parent
from ess_portal.documents.controle.refus import FichierRefuse

DELAI_CONNEXION = 3.0
DELAI_REPONSE = 30.0
MORCEAU = 256 * 1024
_TROUVE = re.compile(rb"^stream: (.+) FOUND$")


class Indisponible(Exception):
    """No verdict: down, slow, in error, or an answer that is not one."""


def examiner(fichier: Path) -> str | None:
    """The name of what was found, or None when the file is clean; Indisponible when nobody could say."""
    return _examinateur()(fichier)


def _examinateur() -> Callable[[Path], str | None]:
    if reglages.adresse_clamd():
        return examiner_clamd
    if settings.BAC_A_SABLE:
        return examiner_bac_a_sable
    raise Indisponible("aucun antivirus configuré")


def examiner_bac_a_sable(fichier: Path) -> str | None:
    try:
        return parent.chercher(fichier)
    except FichierRefuse as refus:
        raise Indisponible(str(refus)) from refus


def examiner_clamd(fichier: Path) -> str | None:
    """clamd's INSTREAM: chunks with their length, a zero, one line of answer."""
    try:
        with _connecter() as prise, fichier.open("rb") as flux:
            prise.sendall(b"zINSTREAM\0")
            while morceau := flux.read(MORCEAU):
                prise.sendall(struct.pack("!I", len(morceau)) + morceau)
            prise.sendall(struct.pack("!I", 0))
            reponse = _lire(prise)
    except OSError as erreur:
        raise Indisponible(f"clamd : {erreur}") from erreur
    if reponse == b"stream: OK":
        return None
    if trouve := _TROUVE.match(reponse):
        return trouve[1].decode("ascii", "replace")[:120]
    raise Indisponible(f"clamd : {reponse[:120]!r}")


def _connecter() -> socket.socket:
    """`CLAMD_ADRESSE` is `host:port`, or the path of clamd's socket."""
    adresse = reglages.adresse_clamd()
    if adresse.startswith("/"):
        prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        prise.settimeout(DELAI_CONNEXION)
        prise.connect(adresse)
    else:
        hote, _, port = adresse.rpartition(":")
        prise = socket.create_connection((hote or adresse, int(port) if hote else 3310), DELAI_CONNEXION)
    prise.settimeout(DELAI_REPONSE)
    return prise


def _lire(prise: socket.socket) -> bytes:
    reponse = b""
    while not reponse.endswith(b"\0"):
        morceau = prise.recv(4096)
        if not morceau or len(reponse) > 4096:
            raise OSError("réponse interrompue")
        reponse += morceau
    return reponse.rstrip(b"\0\n ")

"""The parent's side of the printing child: kept warm, fed one document at a time, killed when it takes too long."""

import atexit
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

DELAI = 60.0
HTML_MAXIMUM = 20 * 1024 * 1024
RACINE = Path(__file__).resolve().parents[3]

_verrou = threading.Lock()
_enfants: dict[int, subprocess.Popen] = {}


class RenduImpossible(Exception):
    """The document could not be printed: too long, too big, or refused by the printer."""


def imprimer(html: str, *, donnees: str = "", tampon: bool = False, delai: float = DELAI) -> tuple[bytes, int]:
    """(PDF bytes, number of pages). One child per process that prints: a fork never shares its parent's.

    `donnees`: JSON text attached to the document. `tampon`: the drawing of a seal, a page of its own size without tags.
    """
    charge = json.dumps({"html": html, "donnees": donnees, "tampon": tampon}).encode()
    if len(charge) > HTML_MAXIMUM:
        raise RenduImpossible("Document trop volumineux pour être mis en page.")
    with _verrou:
        enfant = _enfants.get(os.getpid())
        if enfant is None or enfant.poll() is not None:
            enfant = _enfants[os.getpid()] = _lancer()
        try:
            return _echanger(enfant, charge, time.monotonic() + delai)
        except (OSError, TimeoutError) as erreur:
            _tuer(enfant)
            raison = "délai dépassé" if isinstance(erreur, TimeoutError) else "mémoire épuisée ou imprimeur arrêté"
            raise RenduImpossible(f"La mise en page a été interrompue ({raison}).") from erreur


def fermer() -> None:
    """Ends this process's child, if any."""
    enfant = _enfants.pop(os.getpid(), None)
    if enfant is not None:
        _tuer(enfant)


atexit.register(fermer)


def _lancer() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "ess_portal.documents.rendu.enfant"],
        cwd=RACINE,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent", "XDG_CACHE_HOME": tempfile.gettempdir()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _echanger(enfant: subprocess.Popen, charge: bytes, echeance: float) -> tuple[bytes, int]:
    os.set_blocking(enfant.stdin.fileno(), False)
    _ecrire(enfant.stdin.fileno(), struct.pack("!Q", len(charge)) + charge, echeance)
    (taille,) = struct.unpack("!Q", _lire(enfant.stdout.fileno(), 8, echeance))
    entete = json.loads(_lire(enfant.stdout.fileno(), taille, echeance))
    if "erreur" in entete:
        raise RenduImpossible(entete["erreur"])
    return _lire(enfant.stdout.fileno(), entete["taille"], echeance), entete["pages"]


def _ecrire(descripteur: int, donnees: bytes, echeance: float) -> None:
    vue = memoryview(donnees)
    while vue:
        _attendre(descripteur, selectors.EVENT_WRITE, echeance)
        vue = vue[os.write(descripteur, vue[: 1 << 16]) :]


def _lire(descripteur: int, taille: int, echeance: float) -> bytes:
    morceaux, reste = [], taille
    while reste:
        _attendre(descripteur, selectors.EVENT_READ, echeance)
        morceau = os.read(descripteur, min(reste, 1 << 20))
        if not morceau:
            raise BrokenPipeError("l’imprimeur s’est arrêté")
        morceaux.append(morceau)
        reste -= len(morceau)
    return b"".join(morceaux)


def _attendre(descripteur: int, evenement: int, echeance: float) -> None:
    with selectors.DefaultSelector() as selecteur:
        selecteur.register(descripteur, evenement)
        if not selecteur.select(max(0.0, echeance - time.monotonic())):
            raise TimeoutError


def _tuer(enfant: subprocess.Popen) -> None:
    if enfant.poll() is None:
        os.killpg(enfant.pid, signal.SIGKILL)
    enfant.wait()
    for tube in (enfant.stdin, enfant.stdout):
        tube.close()

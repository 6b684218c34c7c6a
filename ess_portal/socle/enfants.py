"""Child processes that never outlive us: Linux tells them of our death, and a lock they inherit tells when they are gone.

Standard library only. Everything here is called from the main thread: the death signal follows the thread that forked.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import stat
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identite:
    """Whom a child runs as. `passe_murs`: keeps the right to walk folders closed to it (a clone under /root)."""

    uid: int
    gid: int
    passe_murs: bool = False


def identite_servante(*chemins: Path) -> Identite | None:
    """PostgreSQL refuses to run as root: `nobody` then, None (ourselves) otherwise."""
    if os.geteuid() != 0:
        return None
    personne = pwd.getpwnam("nobody")
    return Identite(personne.pw_uid, personne.pw_gid, passe_murs=not all(map(_ouvert_a_tous, chemins)))


def _ouvert_a_tous(chemin: Path) -> bool:
    """Whether any user may walk to this place."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in (chemin.resolve(), *chemin.resolve().parents) if p.exists())


def _endosser(identite: Identite) -> None:
    if identite.passe_murs:
        # Capabilities outlive the change of user, and access(2), which PostgreSQL asks of its programs, sees them.
        _libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(identite.gid)
    os.setuid(identite.uid)
    if identite.passe_murs:
        masque = 1 << CAP_DAC_OVERRIDE
        entete = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
        donnees = ctypes.create_string_buffer(struct.pack("=6I", masque, masque, masque, 0, 0, 0))
        if _libc.capset(entete, donnees) or _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0):
            os.write(
                2, "Impossible d’ouvrir ce dossier à l’utilisateur nobody : placez le projet hors de /root.\n".encode()
            )


def mourir_avec_le_pere(numero: signal.Signals) -> None:
    """Asks Linux to send us this signal when the thread that forked us ends; elsewhere nothing."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, int(numero), 0, 0, 0)


@dataclass
class Enfant:
    """One supervised program: how it starts, which signals end it, and when it may be started again."""

    nom: str
    commande: list[str]
    environnement: dict[str, str]
    signal_fin: signal.Signals = signal.SIGTERM
    signal_orphelin: signal.Signals = signal.SIGTERM
    delai_fin: float = 15.0
    identite: Identite | None = None
    verrou: int | None = None
    sortie: int = subprocess.PIPE
    dossier: Path = Path("/")
    passager: bool = False  # ends by itself; once it has succeeded it is not started again
    politesse: int = 0  # niceness, from the next start on
    processus: subprocess.Popen | None = field(default=None, repr=False)
    demarre_a: float = 0.0
    echecs: int = 0
    reprise_a: float = 0.0

    def demarrer(self) -> None:
        pere = os.getpid()

        def dans_l_enfant() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            if self.identite:
                _endosser(self.identite)
            os.nice(self.politesse)
            # After the change of user, which clears it.
            mourir_avec_le_pere(self.signal_orphelin)
            if os.getppid() != pere:
                os._exit(1)

        self.processus = subprocess.Popen(  # noqa: S603
            self.commande,
            env=self.environnement,
            cwd=self.dossier,
            stdin=subprocess.DEVNULL,
            stdout=self.sortie,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=() if self.verrou is None else (self.verrou,),
            preexec_fn=dans_l_enfant,
        )
        self.demarre_a = time.monotonic()

    @property
    def vivant(self) -> bool:
        return self.processus is not None and self.processus.poll() is None

    @property
    def code(self) -> int | None:
        return None if self.processus is None else self.processus.poll()

    @property
    def accompli(self) -> bool:
        return self.passager and self.code == 0

    def signaler(self, numero: signal.Signals) -> None:
        if self.vivant:
            self.processus.send_signal(numero)

    def effacer(self, politesse: int) -> None:
        """Behind everybody else from now on, its own children with it, and when it is started again."""
        self.politesse = politesse
        if self.vivant:
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PGRP, self.processus.pid, politesse)

    def balayer(self) -> None:
        """Ends what is left of the group: the workers of a master that died alone."""
        if self.processus is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.processus.pid, signal.SIGKILL)


def attendre_fin(enfants: list[Enfant], *, pendant=lambda: time.sleep(0.02)) -> None:
    """Asks all of them to end, together, and ends by force those that did not in time."""
    for enfant in enfants:
        enfant.signaler(enfant.signal_fin)
    debut = time.monotonic()
    while any(e.vivant and time.monotonic() - debut < e.delai_fin for e in enfants):
        pendant()
    for enfant in enfants:
        enfant.balayer()
        if enfant.processus is not None:
            enfant.processus.wait()

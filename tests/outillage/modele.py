"""The migrated base, made once for the run while the workers gather their tests, then copied for each of them.

Applying the migrations costs a processor a quarter of a minute; copying what they made, a third of a second.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from ess_portal.socle.serveurs import Lieu, psql

BASE = "ess"  # the base that an embedded server is born with
DELAI = 300.0


def lancer(grappe: Path) -> subprocess.Popen[bytes]:
    """A process of its own, whose end `copier` waits for."""
    return subprocess.Popen([sys.executable, "-W", "error", "-m", __name__, str(grappe)])


def copier(grappe: Path, nom: str) -> None:
    """Base `nom` becomes the migrated base. RuntimeError when the migrations failed: what they said is on the run's own output."""
    limite = time.monotonic() + DELAI
    while not (faite := _temoin(grappe)).exists():
        if time.monotonic() > limite:
            raise RuntimeError("la base modèle n’est pas venue")
        time.sleep(0.05)
    if issue := faite.read_text():
        raise RuntimeError(issue)
    psql(Lieu(grappe), "-c", f'CREATE DATABASE "{nom}" OWNER ess_proprietaire TEMPLATE {BASE}')


def _temoin(grappe: Path) -> Path:
    return grappe / "modele"


def _migrer(grappe: Path) -> None:
    gc.disable()  # the states of the models refer to each other; the process ends anyway
    issue = "les migrations ont échoué : leur message est plus haut"
    try:
        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        issue = ""
    finally:
        connections.close_all()  # the end of this process may be slow: nobody copies a base that is still read
        ebauche = _temoin(grappe).with_suffix(".ebauche")
        ebauche.write_text(issue)
        ebauche.rename(_temoin(grappe))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "ess_portal.settings.test"
    _migrer(Path(sys.argv[1]))

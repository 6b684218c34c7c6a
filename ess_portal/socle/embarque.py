"""`make demo`: PostgreSQL, Redis, the base brought up to date, then web, worker and beat, in one foreground process.

The portal opens when all demonstration dossiers are there; when somebody has waited long enough, with those that are, and the
child that makes them ends its work behind, on what the portal leaves of the processor.

Standard library only, no Django here: every step is a child. One lock refuses a second instance; another, inherited by all
children, tells a new instance when those of a killed one are gone.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import secrets
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import serveurs
from .enfants import Enfant, attendre_fin
from .serveurs import ErreurServeur, Lieu

RACINE = Path(__file__).resolve().parents[2]
REPRISE_MAX = 30.0
VIE_SAINE = 60.0
ATTENTE_PRECEDENTE = 40.0
OUVERTURE = 42.0  # seconds since `make demo` after which the portal opens with the first dossiers alone
EFFACEMENT = 15  # niceness of what works behind an open portal


class Arret(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


class Superviseur:
    """Starts in order, watches, restarts what dies, stops in reverse order."""

    def __init__(self, donnees: Path, port: int, hote: str = "127.0.0.1") -> None:
        self.lieu = Lieu(donnees)
        self.port = port
        self.hote = hote
        self.enfants: list[Enfant] = []
        self.lecteur = selectors.DefaultSelector()
        self.restes: dict[int, bytes] = {}
        self.fin_demandee = False
        self.verrous: list[int] = []
        self.environnement: dict[str, str] = {}

    def dire(self, nom: str, texte: str) -> None:
        """One line to whoever watches; a closed terminal does not stop the servers."""
        with contextlib.suppress(OSError, ValueError):
            print(f"{nom:<9}| {texte}" if nom else texte, flush=True)

    def tourner(self, *, attente: float = 0.05) -> None:
        """Relays what the children say; raises Arret when the end was asked for."""
        for cle, _ in self.lecteur.select(attente):
            self._lire(cle.fd, cle.data)
        if self.fin_demandee:
            raise Arret

    def _lire(self, fd: int, nom: str) -> None:
        morceau = os.read(fd, 65_536)
        *lignes, reste = (self.restes.pop(fd, b"") + morceau).split(b"\n")
        for ligne in lignes:
            if ligne.strip():
                self.dire(nom, ligne.decode(errors="replace").rstrip())
        if morceau:
            self.restes[fd] = reste
        else:
            self.lecteur.unregister(fd)
            os.close(fd)

    def lancer(self, enfant: Enfant) -> None:
        enfant.demarrer()
        self._ecouter(enfant)
        if enfant not in self.enfants:
            self.enfants.append(enfant)

    def _ecouter(self, enfant: Enfant) -> None:
        if enfant.processus is not None and enfant.processus.stdout is not None:
            fd = os.dup(enfant.processus.stdout.fileno())
            enfant.processus.stdout.close()
            self.lecteur.register(fd, selectors.EVENT_READ, enfant.nom)

    def verrouiller(self) -> None:
        """Refuses a second instance, then waits for the children of a killed one."""
        self.lieu.racine.mkdir(mode=0o755, parents=True, exist_ok=True)
        for nom in ("verrou", "verrou.enfants"):
            self.verrous.append(os.open(self.lieu.racine / nom, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        if not _prendre(self.verrous[0]):
            raise ErreurServeur(
                f"Le portail tourne déjà avec les données de {self.lieu.racine} : arrêtez-le, ou donnez un autre DATA_DIR."
            )
        limite = time.monotonic() + ATTENTE_PRECEDENTE
        if not _prendre(self.verrous[1]):
            self.dire("portail", "l’instance précédente finit de s’arrêter…")
            while not _prendre(self.verrous[1]):
                if time.monotonic() > limite:
                    raise ErreurServeur(f"Des processus d’une instance précédente tiennent encore {self.lieu.racine}.")
                self.tourner(attente=0.2)

    def verifier_port(self) -> None:
        with socket.socket() as prise:
            prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                prise.bind((self.hote, self.port))
            except OSError:
                raise ErreurServeur(
                    f"Le port {self.port} est pris : donnez-en un autre, par exemple « make demo PORT=8001 »."
                ) from None

    def demarrer_serveurs(self) -> None:
        """The embedded servers whose address the environment does not give, and the variables of everybody else."""
        donne = os.environ
        gardees = serveurs.lire_environnement(self.lieu.racine)
        variables = {
            "DATABASE_URL": donne.get("DATABASE_URL", ""),
            "DATABASE_URL_PROPRIETAIRE": donne.get("DATABASE_URL_PROPRIETAIRE", donne.get("DATABASE_URL", "")),
            "REDIS_URL": donne.get("REDIS_URL", ""),
            "SECRET_KEY": donne.get("SECRET_KEY") or gardees.get("SECRET_KEY") or secrets.token_urlsafe(60),
            "ADRESSE_PUBLIQUE": donne.get("ADRESSE_PUBLIQUE") or f"http://localhost:{self.port}",
        }
        if not variables["DATABASE_URL"] or not variables["REDIS_URL"]:
            serveurs.creer_base(self.lieu)
        if not variables["REDIS_URL"]:
            redis = serveurs.enfant_redis(self.lieu, verrou=self.verrous[1])
            self.lancer(redis)
            variables["REDIS_URL"] = self.lieu.url_redis
        if not variables["DATABASE_URL"]:
            postgres = serveurs.enfant_postgres(self.lieu, verrou=self.verrous[1])
            self.lancer(postgres)
            self.attendre(postgres, lambda: serveurs.postgres_pret(self.lieu))
            serveurs.creer_roles(self.lieu)
            variables["DATABASE_URL"] = self.lieu.url_base("ess_app")
            variables["DATABASE_URL_PROPRIETAIRE"] = self.lieu.url_base("ess_proprietaire")
        for enfant in self.enfants:
            if enfant.nom == "redis":
                self.attendre(enfant, lambda: serveurs.redis_pret(self.lieu))
        serveurs.ecrire_environnement(self.lieu.racine, variables)
        self.environnement = (
            os.environ
            | variables
            | {
                "DATA_DIR": str(self.lieu.racine),
                "PORT": str(self.port),
                "PYTHONUNBUFFERED": "1",
            }
        )
        self.environnement.setdefault("DJANGO_SETTINGS_MODULE", "ess_portal.settings.embarque")
        self.environnement.pop("PYTHONDONTWRITEBYTECODE", None)  # six starts of Django: compile once
        for nom in ("static", "fichiers"):
            (self.lieu.racine / nom).mkdir(mode=0o700, exist_ok=True)

    def attendre(self, enfant: Enfant, pret: Callable[[], bool], delai: float = 40.0) -> None:
        """Waits for an answer; a server that gives up at once (an old one is still being reaped) is started again."""
        limite = time.monotonic() + delai
        while not pret():
            if time.monotonic() > limite:
                raise ErreurServeur(f"{enfant.nom} ne répond pas après {delai:.0f} secondes.")
            self.tourner(attente=0.03)
            if not enfant.vivant and not enfant.accompli and time.monotonic() - enfant.demarre_a > 1:
                self.lancer(enfant)

    def etape(self, nom: str, *arguments: str) -> None:
        """One `manage.py` command, to its end; a failure stops the start."""
        debut = time.monotonic()
        enfant = self._programme(nom, [sys.executable, "manage.py", *arguments])
        enfant.environnement["DELAI_SQL_MS"] = "600000"
        self.lancer(enfant)
        while enfant.vivant:
            self.tourner()
        self.enfants.remove(enfant)
        self.vider()
        if enfant.code:
            raise ErreurServeur(f"L’étape « {nom} » a échoué (code {enfant.code}).")
        self.dire("portail", f"{nom} : {time.monotonic() - debut:.1f} s")

    def vider(self) -> None:
        """Relays what is already written, so that a step's last words come before ours."""
        while prets := self.lecteur.select(0):
            for cle, _ in prets:
                self._lire(cle.fd, cle.data)

    def _programme(self, nom: str, commande: list[str], **options: object) -> Enfant:
        return Enfant(nom, commande, dict(self.environnement), verrou=self.verrous[1], dossier=RACINE, **options)

    def demarrer_portail(self, ouverture: float = 0.0) -> None:
        """Web at once; worker and beat when all dossiers are there, or only the first ones and `ouverture` is past, an instant of
        time.monotonic(). That is also when /sante/ says that all is well.
        """
        faite, premiers = (self.lieu.racine / f"demonstration.{nom}" for nom in ("faite", "premiers"))
        connue = premiers.exists()
        demonstration = self._programme(
            "exemples",
            [sys.executable, "manage.py", "demonstration", "--jalons", str(self.lieu.racine)],
            passager=True,
        )
        if not faite.exists():
            self.lancer(demonstration)
        web = self._web()
        self.lancer(web)
        if not connue:
            self.attendre(
                demonstration,
                lambda: faite.exists() or (premiers.exists() and time.monotonic() >= ouverture),
                delai=max(240.0, ouverture - time.monotonic()),
            )
        demonstration.effacer(EFFACEMENT)
        self._lancer_file()
        self.attendre(web, self._web_repond, delai=60)

    def _web(self) -> Enfant:
        gunicorn = ["gunicorn", "ess_portal.wsgi:application", "--bind", f"{self.hote}:{self.port}"]
        gunicorn += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "60"]
        gunicorn += ["--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket", "--preload"]
        return self._programme("web", [sys.executable, "-m", *gunicorn])

    def _lancer_file(self) -> None:
        celery = ["-W", "ignore:You're running the worker with superuser", "-m", "celery", "-q", "-A", "ess_portal"]
        travail = [*celery, "worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "warning"]
        travail += ["--without-gossip", "--without-mingle", "--hostname", "portail@%h"]
        # A worker that has lost Redis answers no gentle signal; its tasks are acknowledged late, killing it loses none.
        worker = self._programme("worker", [sys.executable, *travail], signal_orphelin=signal.SIGKILL)
        worker.environnement["DELAI_SQL_MS"] = "60000"
        self.lancer(worker)
        self.lancer(self._programme("beat", [sys.executable, *celery, "beat", "--loglevel", "warning", "--pidfile="]))

    def _web_repond(self) -> bool:
        connexion = http.client.HTTPConnection(self.hote, self.port, timeout=5)
        try:
            connexion.request("GET", "/sante/")
            return connexion.getresponse().status in {200, 503}
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connexion.close()

    def veiller(self) -> None:
        """Until the end is asked for: relays, and starts again what died, later and later."""
        while True:
            self.tourner(attente=0.2)
            for enfant in list(self.enfants):
                if enfant.accompli:
                    self.enfants.remove(enfant)
                if enfant.vivant or enfant.accompli:
                    continue
                maintenant = time.monotonic()
                if not enfant.reprise_a:
                    enfant.echecs = 0 if maintenant - enfant.demarre_a > VIE_SAINE else enfant.echecs + 1
                    pause = min(REPRISE_MAX, 0.5 * 2**enfant.echecs)
                    enfant.reprise_a = maintenant + pause
                    enfant.balayer()
                    self.dire("portail", f"{enfant.nom} s’est arrêté (code {enfant.code}), reprise dans {pause:.0f} s")
                elif maintenant >= enfant.reprise_a:
                    enfant.reprise_a = 0.0
                    self.lancer(enfant)

    def arreter(self) -> None:
        """Web, worker and beat together, then Redis, then PostgreSQL."""
        self.fin_demandee = False
        rangs = {"redis": 1, "postgres": 2}
        for rang in (0, 1, 2):
            vague = [e for e in self.enfants if rangs.get(e.nom, 0) == rang and e.processus is not None]
            if any(e.vivant for e in vague):
                self.dire("portail", "arrêt de " + ", ".join(e.nom for e in vague if e.vivant))
            attendre_fin(vague, pendant=self._patienter)
        self.vider()

    def _patienter(self) -> None:
        with contextlib.suppress(Arret):
            self.tourner(attente=0.05)


def _prendre(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def debut_de_l_attente() -> float:
    """Since when somebody waits, on time.monotonic()'s scale: the first instant of `make demo`, which amorce.py gives."""
    maintenant = time.monotonic()
    with contextlib.suppress(ValueError):
        return min(float(os.environ.pop("DEBUT_DEMO", "")), maintenant)
    return maintenant


def demonstration(superviseur: Superviseur) -> None:
    """The whole of `make demo`, until somebody stops it."""
    debut = debut_de_l_attente()
    superviseur.verrouiller()
    superviseur.verifier_port()
    superviseur.demarrer_serveurs()
    superviseur.dire("portail", f"serveurs prêts : {time.monotonic() - debut:.1f} s")
    accueil = superviseur.lieu.racine / "accueil"
    superviseur.etape("installation", "installer", "--accueil", str(accueil))
    superviseur.demarrer_portail(debut + OUVERTURE)
    for ligne in accueil.read_text().splitlines():
        superviseur.dire("accueil", ligne)
    superviseur.dire(
        "portail",
        f"prêt en {time.monotonic() - debut:.1f} s : http://localhost:{superviseur.port}/ (Ctrl-C arrête tout)",
    )
    superviseur.veiller()


def main() -> int:
    donnees = Path(os.environ.get("DATA_DIR") or RACINE / ".donnees").expanduser().absolute()
    superviseur = Superviseur(donnees, int(os.environ.get("PORT") or 8000), os.environ.get("HOTE") or "127.0.0.1")

    def demander_la_fin(*_: object) -> None:
        superviseur.fin_demandee = True

    for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(numero, demander_la_fin)
    code = 0
    try:
        demonstration(superviseur)
    except Arret:
        pass
    except ErreurServeur as erreur:
        superviseur.dire("portail", str(erreur))
        code = 1
    finally:
        superviseur.arreter()
    return code


if __name__ == "__main__":
    sys.exit(main())

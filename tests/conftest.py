"""Real PostgreSQL and Redis for one pytest run, tests as the application role, and a strict house.

The controller starts the servers, its xdist workers inherit the address. A warning, an undefined template variable or a
connection beyond this machine is a failure.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template import engines

import ess_portal.celery  # noqa: F401  shared tasks bind to this application
from ess_portal.socle import horloge
from ess_portal.socle.serveurs import Lieu, grappe
from tests.outillage import modele
from tests.outillage.base import ConnexionProprietaire, Purge
from tests.outillage.gabarits import VariableAbsente
from tests.outillage.vies import Vies

pytest_plugins = ["tests.outillage.navigateur", "tests.outillage.preuves"]

# Playwright's loop runs in this thread; the code under test is synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
SERVEURS = pytest.StashKey[ExitStack]()
BOUCLE_LOCALE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", ""}

hypothesis.settings.register_profile("portail", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("portail")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.help or not settings.GRAPPE_EMBARQUEE:
        return
    pile = config.stash[SERVEURS] = ExitStack()
    shutil.rmtree(settings.GRAPPE, ignore_errors=True)
    pile.callback(shutil.rmtree, settings.GRAPPE, ignore_errors=True)
    pile.enter_context(grappe(Lieu(Path(settings.GRAPPE), rapide=True)))
    if settings.BASE_EMBARQUEE:
        pile.enter_context(modele.lancer(Path(settings.GRAPPE)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The pure rules first, while the base is being made. Then files with a proof or a browser: they are the long ones, and none is left to
    one process alone at the end.
    """  # fmt: skip
    longs = {i.path for i in items if i.get_closest_marker("preuve") or "browser" in i.fixturenames}
    items.sort(key=lambda item: ("regles" not in item.path.parts, item.path not in longs))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of cycles need not look at it again, seven hundredths of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVEURS in config.stash:
        config.stash[SERVEURS].close()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings) -> bool:
    """Our own servers go with the run, their bases with them: nothing to drop while a thread's connection is still closing.
    The base that Django would make is there already, a copy of the migrated one."""
    if settings.BASE_EMBARQUEE:
        modele.copier(Path(settings.GRAPPE), connection.creation._get_test_db_name())
    return settings.GRAPPE_EMBARQUEE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The base is made by its owner and filled with reference data; what follows connects as the application."""
    proprietaire = ConnexionProprietaire.ouvrir(connection)
    with django_db_blocker.unblock():
        call_command("referentiel", verbosity=0)
        Purge.preparer(proprietaire)
        Vies.preparer()
    yield
    proprietaire.rendre(connection)


@pytest.fixture(scope="session", autouse=True)
def gabarits_stricts():
    """Every template engine says an undefined variable aloud."""
    moteur = engines["django"].engine
    moteur.string_if_invalid = VariableAbsente("%s")


@pytest.fixture(scope="session", autouse=True)
def fichiers_statiques():
    """WhiteNoise warns of a folder that is not there, and a warning is a failure."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def reseau_local():
    """No connection beyond this machine, and no name asked of the outside."""
    patch = pytest.MonkeyPatch()
    connecter = socket.socket.connect

    def garde(prise: socket.socket, adresse: object) -> None:
        if prise.family != socket.AF_UNIX and str(adresse[0]) not in BOUCLE_LOCALE:
            raise ReseauInterdit(f"un essai a voulu joindre {adresse}")
        connecter(prise, adresse)

    patch.setattr(socket.socket, "connect", garde)
    yield
    patch.undo()


class ReseauInterdit(OSError):
    """A test wanted the outside network."""


@pytest.fixture(autouse=True)
def maison_rangee(settings, tmp_path: Path):
    """Each test has its own files, and leaves the clock as it found it."""
    settings.MEDIA_ROOT = tmp_path / "fichiers"
    yield
    assert not horloge._fige, "une horloge est restée figée"
    horloge._decalage.set(timedelta(0))

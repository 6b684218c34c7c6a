"""A base of its own for a benchmark: embedded servers, migrations by the owner, requests as the application role."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def portail_d_essai() -> Iterator[str]:
    """Starts the servers and Django on them; gives the superuser's address, with which the rows are copied."""
    with tempfile.TemporaryDirectory(prefix="ess-bench-") as racine:
        os.environ["GRAPPE_TESTS"] = racine
        os.environ["DJANGO_SETTINGS_MODULE"] = "ess_portal.settings.test"
        from ess_portal.socle.serveurs import Lieu, grappe

        # Memory as a server of this size would be given: the base stays in it, for the portal and for the floor.
        lieu = Lieu(Path(racine), rapide=True, tampons="1GB")
        with grappe(lieu):
            _preparer()
            yield lieu.url_base("postgres")


def _preparer() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests.outillage.base import ConnexionProprietaire

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    ConnexionProprietaire.ouvrir(connection)
    call_command("referentiel", verbosity=0)
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)

"""Tests: the sandbox's behaviour, on servers that `tests/conftest.py` starts where this file says."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

# Chosen once by the process that runs pytest, inherited by its workers. DATABASE_URL or REDIS_URL given: used as they are.
GRAPPE = os.environ.setdefault("GRAPPE_TESTS", f"/tmp/ess-tests-{os.getpid()}")  # noqa: S108
_ouvrier = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
if "DATABASE_URL" not in os.environ or "GRAPPE_BASE" in os.environ:
    os.environ |= {
        "GRAPPE_BASE": "1",
        "DATABASE_URL": f"postgresql://ess_app@/ess?host={GRAPPE}/sockets",
        "DATABASE_URL_PROPRIETAIRE": f"postgresql://ess_proprietaire@/ess?host={GRAPPE}/sockets",
    }
if "REDIS_URL" not in os.environ or "GRAPPE_FILE" in os.environ:
    os.environ |= {"GRAPPE_FILE": "1", "REDIS_URL": f"unix://{GRAPPE}/sockets/redis.sock?db={int(_ouvrier) % 16}"}
if "DATABASE_URL_PROPRIETAIRE" not in os.environ:
    raise ImproperlyConfigured(
        "Avec DATABASE_URL, les essais demandent aussi DATABASE_URL_PROPRIETAIRE, qui crée leur base."
    )
os.environ |= {"DATA_DIR": f"{GRAPPE}/donnees-{_ouvrier}", "ROLE_BASE": "proprietaire"}
os.environ.setdefault("SECRET_KEY", "une-cle-pour-les-essais-seulement-0123456789-abcdefghij")

from . import environnement as env
from .base import *
from .base import LOGGING, STORAGES

BAC_A_SABLE = True
BASE_EMBARQUEE = "GRAPPE_BASE" in os.environ
GRAPPE_EMBARQUEE = BASE_EMBARQUEE or "GRAPPE_FILE" in os.environ
# The test base is made by the owner; then every connection is the application's, with the web's delays; but a test's
# transaction lasts as long as the test, whatever it does meanwhile (a browser, a machine that is busy elsewhere).
CONNEXION_APPLICATION = env.base_de_donnees(
    "DATABASE_URL", delai_requete_ms=10_000, delai_verrou_ms=3_000, delai_inactif_ms=0
)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "ess_portal.journal.courriel.BoiteCapturee"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = LOGGING | {"handlers": {"console": {"class": "logging.StreamHandler", "formatter": "bref"}}}

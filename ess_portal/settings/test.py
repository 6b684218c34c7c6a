"""Tests: the sandbox's behaviour, on servers that `tests/conftest.py` starts where this file says."""

from __future__ import annotations

import os

# Chosen once by the process that runs pytest, inherited by its workers. DATABASE_URL or REDIS_URL given: used as they are.
GRAPPE = os.environ.setdefault("GRAPPE_TESTS", f"/tmp/ess-tests-{os.getpid()}")  # noqa: S108
BASE_EMBARQUEE = "DATABASE_URL" not in os.environ or "GRAPPE_BASE" in os.environ
FILE_EMBARQUEE = "REDIS_URL" not in os.environ or "GRAPPE_FILE" in os.environ
if BASE_EMBARQUEE:
    os.environ["GRAPPE_BASE"] = "1"
    os.environ["DATABASE_URL"] = f"postgresql://ess_proprietaire@/ess?host={GRAPPE}/sockets"
if FILE_EMBARQUEE:
    os.environ["GRAPPE_FILE"] = "1"
    _rang = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["REDIS_URL"] = f"unix://{GRAPPE}/sockets/redis.sock?db={int(_rang) % 16}"
os.environ.setdefault("DATA_DIR", f"{GRAPPE}/donnees-{os.environ.get('PYTEST_XDIST_WORKER', 'principal')}")
os.environ.setdefault("SECRET_KEY", "une-cle-pour-les-essais-seulement-0123456789-abcdefghij")

from .base import *
from .base import LOGGING, STORAGES

BAC_A_SABLE = True
ROLE_APPLICATION = "ess_app"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "ess_portal.journal.courriel.BoiteCapturee"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = LOGGING | {"handlers": {"console": {"class": "logging.StreamHandler", "formatter": "bref"}}}

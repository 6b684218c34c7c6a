"""The sandbox of `make demo`: embedded servers, captured mail, a clock that can be moved. Never for real dossiers."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from ess_portal.socle.serveurs import lire_environnement

_donnees = Path(os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parents[2] / ".donnees")))
for _nom, _valeur in lire_environnement(_donnees).items():
    os.environ.setdefault(_nom, _valeur)
if "DATABASE_URL" not in os.environ:
    raise ImproperlyConfigured(f"Rien n’est installé dans {_donnees} : lancez « make demo », ou donnez DATA_DIR.")

from . import environnement as env
from .base import *
from .base import LOGGING, STORAGES

BAC_A_SABLE = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.liste("HOTES", ())]
EMAIL_BACKEND = "ess_portal.journal.courriel.BoiteCapturee"
WHITENOISE_USE_FINDERS = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = LOGGING | {
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "bref"}},
    "loggers": LOGGING["loggers"] | {"celery": {"level": "WARNING"}, "ess_portal.celery": {"level": "INFO"}},
}

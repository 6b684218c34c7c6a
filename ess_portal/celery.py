"""The Celery application. Its settings are in `settings/file.py`; it says at start which ones are in force."""

from __future__ import annotations

import logging
import os
import signal
import sys

from celery import Celery
from celery.signals import beat_init, celeryd_init, setup_logging, worker_process_init

from ess_portal.socle.enfants import mourir_avec_le_pere

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_portal.settings.production")

app = Celery("ess_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

EN_VIGUEUR = (
    "task_acks_late",
    "task_reject_on_worker_lost",
    "worker_prefetch_multiplier",
    "task_soft_time_limit",
    "task_time_limit",
    "broker_transport_options",
    "result_backend",
    "accept_content",
    "timezone",
)


@setup_logging.connect
def _journaliser(**_unknown: object) -> None:
    """Connected so that Celery leaves the logging of Django's settings alone."""


@celeryd_init.connect
@beat_init.connect
def _demarrer(**_unknown: object) -> None:
    """Refuses a base that row-level security would not bind, and prints the settings in force."""
    from django.core.exceptions import ImproperlyConfigured  # Django is set up by the time the signal fires
    from django.db import OperationalError

    from ess_portal.socle import demarrage

    try:
        demarrage.verifier()
    except (ImproperlyConfigured, OperationalError) as erreur:
        sys.exit(str(erreur))  # Celery swallows any other exception of a signal's receiver
    reglages = ", ".join(f"{nom}={app.conf[nom]!r}" for nom in EN_VIGUEUR)
    logging.getLogger("ess_portal.celery").info("réglages en vigueur : %s", reglages)


@worker_process_init.connect
def _suivre_le_pere(**_unknown: object) -> None:
    """A pool process dies with its worker: its task, not acknowledged, goes to another one."""
    mourir_avec_le_pere(signal.SIGKILL)

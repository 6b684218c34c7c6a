"""The queue with its real broker: what beat publishes is published, with the settings in force."""

from __future__ import annotations

import pytest
import redis
from django.conf import settings

from ess_portal.celery import app


@pytest.mark.parametrize("nom", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_chaque_tache_du_rythme_est_publiee(nom: str) -> None:
    """A wrong retry policy or an unknown task would only be seen in beat's log."""
    entree = settings.CELERY_BEAT_SCHEDULE[nom]
    app.loader.import_default_modules()
    assert entree["task"] in app.tasks
    file = f"essai-{nom}"
    client = redis.Redis.from_url(settings.REDIS_URL)
    app.tasks[entree["task"]].apply_async(queue=file, **entree["options"])
    try:
        assert client.llen(file) == 1
    finally:
        client.delete(file)


def test_une_tache_perdue_est_reprise() -> None:
    """Late ack and reject on a lost worker, one message at a time: a killed child loses nothing and blocks nothing."""
    c = app.conf
    assert (c.task_acks_late, c.task_reject_on_worker_lost, c.worker_prefetch_multiplier) == (True, True, 1)
    assert c.broker_transport_options["visibility_timeout"] > 2 * c.task_time_limit
    assert c.accept_content == ["json"]

"""Celery: the queue is a hint, the database is the truth (late ack, no result kept, JSON only, UTC)."""

from __future__ import annotations

from . import environnement as env

REDIS_URL, CELERY_BROKER_URL = env.file_de_taches("REDIS_URL")

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # More than twice the longest time limit: a task that still runs is never given to a second worker.
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT + 60,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "retry_on_timeout": True,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.5}
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# In memory: no schedule file to lose, and nothing depends on a run having taken place.
CELERY_BEAT_SCHEDULER = "celery.beat.Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 10
CELERY_BEAT_SCHEDULE = {
    "analyser": {"task": "ess_portal.documents.tasks.analyser_en_attente", "schedule": 60, "options": {"expires": 120}},
    "produire": {"task": "ess_portal.documents.tasks.produire_en_attente", "schedule": 60, "options": {"expires": 120}},
    "sceller": {
        "task": "ess_portal.documents.tasks.sceller_en_attente",
        "schedule": 600,
        "options": {"expires": 1_200},
    },
    "purger": {
        "task": "ess_portal.documents.tasks.purger_orphelins",
        "schedule": 21_600,
        "options": {"expires": 21_600},
    },
    "scruter": {"task": "dossiers.tasks.scruter", "schedule": 30, "options": {"expires": 60}},
    "relayer": {"task": "ess_portal.journal.tasks.relayer", "schedule": 10, "options": {"expires": 30}},
    "rappeler": {"task": "financement.tasks.rappeler_signatures", "schedule": 3_600, "options": {"expires": 7_200}},
    "degager": {"task": "financement.tasks.degager_echus", "schedule": 3_600, "options": {"expires": 7_200}},
    "rembourser": {
        "task": "financement.tasks.relancer_remboursements",
        "schedule": 3_600,
        "options": {"expires": 7_200},
    },
    "effacer_exports": {"task": "indicateurs.tasks.effacer_exports", "schedule": 3_600, "options": {"expires": 7_200}},
    "ouvrir_campagnes": {
        "task": "indicateurs.tasks.ouvrir_campagnes",
        "schedule": 3_600,
        "options": {"expires": 7_200},
    },
    "relancer": {"task": "dossiers.tasks.relancer", "schedule": 3_600, "options": {"expires": 7_200}},
}

"""The WSGI application. Without DJANGO_SETTINGS_MODULE it is production, the closed default."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_portal.settings.production")

application = get_wsgi_application()

import ess_portal.celery  # noqa: E402,F401  shared tasks bind to this application
from ess_portal.socle.demarrage import verifier  # noqa: E402

verifier()

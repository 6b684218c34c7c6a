#!/bin/sh
# Format, lint, import contracts, types of the rules, migrations, templates, lock file. Stops at the first fault.
set -eu
cd "$(dirname "$0")/.."
export DJANGO_SETTINGS_MODULE=ess_portal.settings.test
bin=.venv/bin

etape() {
    printf 'qualité  | %s\n' "$1"
}

etape "format"
$bin/ruff format --check --quiet .
etape "lint"
$bin/ruff check --quiet .
etape "contrats d’import"
$bin/lint-imports --no-cache >/tmp/ess-contrats.$$ || { cat /tmp/ess-contrats.$$; rm -f /tmp/ess-contrats.$$; exit 1; }
rm -f /tmp/ess-contrats.$$
etape "types des règles"
regles=$(find ess_portal dossiers adhesions financement indicateurs -type d -name regles | sort)
test -n "$regles"
$bin/mypy --cache-dir=/dev/null $regles
etape "migrations"
$bin/python -W ignore manage.py makemigrations --check --dry-run
etape "gabarits"
$bin/python outils/gabarits.py
etape "verrou des dépendances"
if uv=$(command -v uv); then :; else uv=.amorce/bin/uv; fi
UV_PYTHON_DOWNLOADS=never "$uv" lock --check --quiet

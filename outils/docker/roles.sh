#!/bin/sh
# First start of the PostgreSQL container: the three roles, and their passwords from the environment.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres --file /portail/roles.sql
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
    -v proprietaire="$MOT_DE_PASSE_PROPRIETAIRE" -v app="$MOT_DE_PASSE_APP" -v lecture="$MOT_DE_PASSE_LECTURE" <<'SQL'
ALTER ROLE ess_proprietaire PASSWORD :'proprietaire';
ALTER ROLE ess_app PASSWORD :'app';
ALTER ROLE ess_lecture PASSWORD :'lecture';
SQL

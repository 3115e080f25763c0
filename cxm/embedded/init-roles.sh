#!/bin/sh
# Run once by the postgres image when its data folder is empty: roles, rights and the database.
# Its image has psql but no Python; on one machine cxm/embedded/postgres.py does the same.
set -eu

sql() { psql --no-psqlrc -v ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" "$@"; }

sql --dbname template1 --file /opt/wayfare/roles.sql
sql --dbname postgres \
    -v owner_password="$CXM_OWNER_PASSWORD" -v app_password="$CXM_APP_PASSWORD" <<'SQL'
ALTER ROLE cxm_owner PASSWORD :'owner_password';
ALTER ROLE cxm_app PASSWORD :'app_password';
CREATE DATABASE wayfare OWNER cxm_owner;
SQL
sql --dbname wayfare --file /opt/wayfare/roles.sql

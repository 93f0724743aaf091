#!/bin/sh
# Makes one database role for Temporal and one for Afterword, neither of them a superuser, each with
# databases of its own. PostgreSQL's image runs it once, when it makes an empty data directory.
set -eu

secrets=${SECRETS:-/run/secrets}

make() {
    role=$1
    password=$(cat "$secrets/$role-database-password")
    shift
    psql --set ON_ERROR_STOP=1 --set role="$role" --set password="$password" --quiet <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
SQL
    for database in "$@"; do
        psql --set ON_ERROR_STOP=1 --set role="$role" --set database="$database" --quiet <<'SQL'
CREATE DATABASE :"database" OWNER :"role";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
    done
}

export PGUSER="${POSTGRES_USER:-postgres}" PGDATABASE=postgres
make temporal temporal temporal_visibility
make afterword afterword

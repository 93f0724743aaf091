#!/bin/sh
# Makes one database role for Temporal and one for Afterword, neither of them a superuser, each with
# databases of its own and the password of its file. Runs at every start, and may: what is right stays.
#
# A data directory from before there were two roles belongs to one superuser, `afterword`, who owns
# everything. It becomes `postgres`, and what it owned in each database goes to that database's role.
set -eu

secrets=${SECRETS:-/run/secrets}
helper=roles_upgrade

run() {
    user=$1
    database=$2
    shift 2
    psql --no-psqlrc --set ON_ERROR_STOP=1 --quiet --tuples-only --no-align \
        --username "$user" --dbname "$database" "$@"
}

find_superuser() {
    for name in postgres "${POSTGRES_USER:-postgres}" afterword "$helper"; do
        answer=$(echo "SELECT rolsuper FROM pg_roles WHERE rolname = current_user" |
            run "$name" postgres 2>/dev/null) || continue
        if [ "$answer" = t ]; then
            echo "$name"
            return
        fi
    done
    echo "no superuser of this PostgreSQL can be reached: neither postgres nor afterword" >&2
    return 1
}

# The first superuser of a data directory cannot become anything less, and nobody renames themselves.
rename_superuser() {
    first=$(echo "SELECT rolname FROM pg_roles WHERE oid = 10" | run "$superuser" postgres)
    case $first in afterword | temporal) ;; *) return 0 ;; esac
    echo "the superuser $first becomes postgres"
    run "$superuser" postgres --set helper="$helper" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN SUPERUSER', :'helper')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'helper') \gexec
SQL
    run "$helper" postgres --set first="$first" <<'SQL'
ALTER ROLE :"first" RENAME TO postgres;
SQL
    superuser=postgres
}

set_password() {
    PASSWORD_FILE=$secrets/$2-database-password run "$superuser" postgres --set role="$1" <<'SQL'
\set password `cat "$PASSWORD_FILE"`
ALTER ROLE :"role" PASSWORD :'password';
SQL
}

make_role() {
    run "$superuser" postgres --set role="$1" <<'SQL'
SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
SQL
    set_password "$1" "$1"
}

make_database() {
    run "$superuser" postgres --set role="$1" --set database="$2" <<'SQL'
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
ALTER DATABASE :"database" OWNER TO :"role";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
    give "$@"
}

# Not REASSIGN OWNED: the first superuser also owns what PostgreSQL itself needs. What belongs to an
# extension stays with it, and a sequence goes with its table.
give() {
    run "$superuser" "$2" --set role="$1" <<'SQL'
CREATE TEMPORARY VIEW kept AS
SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
UNION ALL
SELECT classid, objid FROM pg_depend JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
WHERE deptype IN ('a', 'i') AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass;

CREATE TEMPORARY VIEW foreign_schemas AS
SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\_%' OR nspname = 'information_schema';

SELECT format('ALTER SCHEMA %I OWNER TO %I', nspname, :'role') FROM pg_namespace
WHERE oid NOT IN (SELECT oid FROM foreign_schemas)
  AND nspowner <> :'role'::regrole AND nspowner <> 'pg_database_owner'::regrole
  AND ('pg_namespace'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec

SELECT format('ALTER %s %s OWNER TO %I',
    CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, oid::regclass, :'role') FROM pg_class
WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relowner <> :'role'::regrole
  AND relnamespace NOT IN (SELECT oid FROM foreign_schemas)
  AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec

SELECT format('ALTER ROUTINE %s OWNER TO %I', oid::regprocedure, :'role') FROM pg_proc
WHERE proowner <> :'role'::regrole AND pronamespace NOT IN (SELECT oid FROM foreign_schemas)
  AND ('pg_proc'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec

SELECT format('ALTER TEXT SEARCH DICTIONARY %s OWNER TO %I', oid::regdictionary, :'role')
FROM pg_ts_dict
WHERE dictowner <> :'role'::regrole AND dictnamespace NOT IN (SELECT oid FROM foreign_schemas)
  AND ('pg_ts_dict'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec

SELECT format('ALTER TEXT SEARCH CONFIGURATION %s OWNER TO %I', oid::regconfig, :'role')
FROM pg_ts_config
WHERE cfgowner <> :'role'::regrole AND cfgnamespace NOT IN (SELECT oid FROM foreign_schemas)
  AND ('pg_ts_config'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec

SELECT format('ALTER TYPE %s OWNER TO %I', oid::regtype, :'role') FROM pg_type
WHERE typowner <> :'role'::regrole AND typnamespace NOT IN (SELECT oid FROM foreign_schemas)
  AND (typtype IN ('e', 'd', 'r') OR typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
  AND ('pg_type'::regclass, oid) NOT IN (SELECT classid, objid FROM kept) \gexec
SQL
}

superuser=$(find_superuser)
rename_superuser
set_password "$superuser" postgres
make_role temporal
make_role afterword
make_database temporal temporal
make_database temporal temporal_visibility
make_database afterword afterword
[ "$superuser" = "$helper" ] || echo "DROP ROLE IF EXISTS $helper" | run "$superuser" postgres
echo "The roles temporal and afterword have their databases."

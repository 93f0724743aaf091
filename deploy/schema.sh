#!/bin/sh
# Makes or brings up to date what is in Temporal's two databases, which roles.sh made; safe to run again. Runs in temporalio/admin-tools.
set -eu
SQL_PASSWORD=$(cat /run/secrets/temporal-database-password)
export SQL_PASSWORD

tool() {
    temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_HOST" --port 5432 --user "$POSTGRES_USER" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
    database=${pair%%:*}
    schema=${pair##*:}
    tool --database "$database" setup-schema --version 0.0 || echo "schema of $database is there already"
    tool --database "$database" update-schema \
        --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done

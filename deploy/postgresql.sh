#!/bin/sh
# Starts PostgreSQL with TLS. It wants its key to be its own, and a file of secrets belongs to whoever
# made it, so both are copied first. Runs in PostgreSQL's image, as root until its entrypoint.
set -eu

secrets=${SECRETS:-/run/secrets}
tls=${TLS_FOLDER:-/run/postgresql-tls}
install -d -o postgres -g postgres -m 700 "$tls"
install -o postgres -g postgres -m 600 "$secrets/postgresql.crt" "$secrets/postgresql.key" "$tls"
exec docker-entrypoint.sh postgres \
    -c ssl=on \
    -c ssl_cert_file="$tls/postgresql.crt" \
    -c ssl_key_file="$tls/postgresql.key" \
    -c ssl_min_protocol_version=TLSv1.2 \
    -c hba_file="${HBA_FILE:-/deploy/pg_hba.conf}"

#!/bin/sh
# Starts Temporal's server with the password of its database role, which its image wants in the environment.
set -eu
POSTGRES_PWD=$(cat /run/secrets/temporal-database-password)
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh "$@"

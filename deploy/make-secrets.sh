#!/bin/sh
# Makes the secrets that docker-compose.yml needs, each in a file of deploy/secrets that only its
# owner reads. What is there stays: run it again after an upgrade for what is new.
#
#   deploy/make-secrets.sh coordinator@example.org
set -eu
umask 077

coordinator=${1:?the address that is notified where nobody else is}
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

for name in postgres temporal afterword; do
    file=$folder/$name-database-password
    [ -s "$file" ] || random >"$file"
done

if [ ! -s "$folder/afterword.toml" ]; then
    password=$(cat "$folder/afterword-database-password")
    cat >"$folder/afterword.toml" <<TOML
secret = "$(random)"
coordinator = "$coordinator"
database = "postgresql://afterword:$password@postgresql/afterword"

[keys]
signing = ["$(random)"]
# Without it, open reviews cannot be read. Keep a copy apart from your backups.
encryption = ["$(random)"]
TOML
fi
# The containers run as other users than you: who may open the folder may read its files.
chmod 644 "$folder"/*
echo "The secrets are in $folder."

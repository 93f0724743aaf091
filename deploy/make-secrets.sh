#!/bin/sh
# Makes the secrets that docker-compose.yml needs, each in a file of deploy/secrets that only its
# owner reads. What is there stays: run it again after an upgrade for what is new.
#
#   deploy/make-secrets.sh coordinator@example.org
#
# Afterword that ran here before had its secret in the environment or in .env: AFTERWORD_SECRET. It is
# taken over, since every reply address and link that was sent was made with it.
set -eu
umask 077

coordinator=${1:?the address that is notified where nobody else is}
folder=$(dirname "$0")/secrets
env_file=$(dirname "$0")/../.env
mkdir -p "$folder"
chmod 700 "$folder"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

find_earlier_secret() {
    if [ -n "${AFTERWORD_SECRET:-}" ]; then
        printf '%s' "$AFTERWORD_SECRET"
    elif [ -f "$env_file" ]; then
        sed -n "s/^[[:space:]]*\(export[[:space:]]*\)\{0,1\}AFTERWORD_SECRET=//p" "$env_file" |
            tail -n 1 | sed "s/^\([\"']\)\(.*\)\1[[:space:]]*$/\2/" | tr -d '\r\n'
    fi
}

# As a string of TOML; a secret may have quotes and backslashes.
quote() {
    printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
}

for name in postgres temporal afterword; do
    file=$folder/$name-database-password
    [ -s "$file" ] || random >"$file"
done

if [ ! -s "$folder/afterword.toml" ]; then
    password=$(cat "$folder/afterword-database-password")
    earlier=$(find_earlier_secret)
    case ${AFTERWORD_SECRET:+environment}:$earlier in
    environment:*) ;;
    *[\\\$#]*)
        echo "AFTERWORD_SECRET in .env has a character that means something there. Set it in the" \
            "environment as Afterword had it, and run this again." >&2
        exit 1
        ;;
    esac
    signing="\"$(random)\""
    if [ -n "$earlier" ]; then
        secret=$(quote "$earlier")
        signing="$signing, $secret"
        echo "AFTERWORD_SECRET was taken over into afterword.toml; remove it from the environment."
    else
        secret="\"$(random)\""
        echo "A new secret was made. If Afterword ran here before, put its AFTERWORD_SECRET in its place" \
            "before you start, or nobody can answer the emails that were sent."
    fi
    cat >"$folder/afterword.toml" <<TOML
secret = $secret
coordinator = $(quote "$coordinator")
database = "postgresql://afterword:$password@postgresql/afterword?sslmode=verify-full&sslrootcert=/run/secrets/ca.crt"

[keys]
signing = [$signing]
# Without it, open reviews cannot be read. Keep a copy apart from your backups.
encryption = ["$(random)"]
TOML
fi
# The containers run as other users than you: who may open the folder may read its files.
chmod 644 "$folder"/*-database-password "$folder"/afterword.toml
echo "The secrets are in $folder. The certificates are made by make-certificates.sh beside this."

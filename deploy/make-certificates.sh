#!/bin/sh
# Makes the certificates by which the parts of docker-compose.yml know each other, in deploy/secrets: an
# authority of our own (ca.crt, ca.key), PostgreSQL's, Temporal's, and one for whoever uses Temporal.
# What is there stays: run it again at any time. It says what ends soon.
#
#   deploy/make-certificates.sh [--new-authority]
#
# To replace a certificate, remove its .crt and .key, run this again, and restart what uses it. A new
# authority is added to ca.crt before the one of before, so that both are believed until each
# certificate was replaced; docs/how-to/operator.md says in which order.
set -eu
umask 077

case ${1:-} in
'' | --new-authority) ;;
*)
    echo "usage: $0 [--new-authority]" >&2
    exit 2
    ;;
esac
folder=$(dirname "$0")/secrets
authority_days=3650
days=825
soon=$((60 * 86400))

command -v openssl >/dev/null || {
    echo "openssl is needed to make certificates, and is not here" >&2
    exit 1
}
mkdir -p "$folder"
chmod 700 "$folder"
made=$(mktemp -d "$folder/.making.XXXXXX")
trap 'rm -rf "$made"' EXIT

make_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1" 2>/dev/null
}

make_authority() {
    [ ! -s "$folder/ca.key" ] || mv "$folder/ca.key" "$folder/ca-before-$(date -u +%Y%m%d%H%M%S).key"
    make_key "$made/ca.key"
    openssl req -new -x509 -sha256 -key "$made/ca.key" -days "$authority_days" \
        -subj "/O=Afterword/CN=Authority of $(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$made/ca.crt"
    [ ! -s "$folder/ca.crt" ] || cat "$folder/ca.crt" >>"$made/ca.crt"
    mv "$made/ca.crt" "$folder/ca.crt"
    mv "$made/ca.key" "$folder/ca.key"
    echo "made ca.crt"
}

# make NAME USE ALTERNATIVE-NAMES
make() {
    if [ -s "$folder/$1.crt" ] && [ ! -s "$folder/$1.key" ]; then
        echo "$folder/$1.crt is there without its key: put $1.key back, or remove both" >&2
        exit 1
    fi
    [ ! -s "$folder/$1.crt" ] || return 0
    if [ ! -s "$folder/ca.key" ]; then
        echo "$folder/ca.key is not here, so $1.crt cannot be signed: put it back, or make another" \
            "authority with --new-authority" >&2
        exit 1
    fi
    if [ ! -s "$folder/$1.key" ]; then
        make_key "$made/$1.key"
        mv "$made/$1.key" "$folder/$1.key"
    fi
    {
        echo "basicConstraints=critical,CA:FALSE"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=$2"
        [ -z "$3" ] || echo "subjectAltName=$3"
    } >"$made/$1.ext"
    openssl req -new -sha256 -key "$folder/$1.key" -subj "/O=Afterword/CN=$1" |
        openssl x509 -req -sha256 -days "$days" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" \
            -set_serial "0x$(openssl rand -hex 16 | sed 's/^./4/')" -extfile "$made/$1.ext" \
            -out "$made/$1.crt" 2>/dev/null
    mv "$made/$1.crt" "$folder/$1.crt"
    echo "made $1.crt"
}

if [ "${1:-}" = --new-authority ] || [ ! -s "$folder/ca.crt" ]; then
    make_authority
fi
make postgresql serverAuth "DNS:postgresql,DNS:localhost,IP:127.0.0.1"
make temporal serverAuth,clientAuth "DNS:temporal,DNS:localhost,IP:127.0.0.1"
make temporal-client clientAuth ""

# What containers read runs as other users than you: who may open the folder may read these.
chmod 644 "$folder"/ca.crt "$folder"/postgresql.crt "$folder"/temporal.crt "$folder"/temporal.key \
    "$folder"/temporal-client.crt "$folder"/temporal-client.key
for name in ca postgresql temporal temporal-client; do
    openssl x509 -in "$folder/$name.crt" -noout -checkend "$soon" >/dev/null ||
        echo "$name.crt ends on $(openssl x509 -in "$folder/$name.crt" -noout -enddate | cut -d= -f2):" \
            "replace it." >&2
done
echo "The certificates are in $folder. Keep a copy of ca.key elsewhere, and remove it from here if you like."

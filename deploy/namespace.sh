#!/bin/sh
# Makes the namespace, its retention and our search attributes; safe to run again. Runs in
# temporalio/admin-tools, which brings the command `temporal`.
set -eu
retention=30d

# Each part of Temporal hears of a new namespace only after some seconds, so all is tried for a while.
try() {
    tries=0
    until answer=$("$@" 2>&1); do
        tries=$((tries + 1))
        if [ "$tries" -ge 60 ]; then
            echo "$answer" >&2
            echo "Temporal at $TEMPORAL_ADDRESS did not get well within two minutes" >&2
            exit 1
        fi
        sleep 2
    done
}

try temporal operator cluster health
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    try temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
else
    try temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
fi

try temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE"
known=$answer
for pair in AfterwordStage:Keyword AfterwordLead:Keyword AfterwordSeverity:Int \
    AfterwordNextDue:Datetime AfterwordOpenActions:Int; do
    name=${pair%%:*}
    case "$known" in
    *"$name"*) ;;
    *)
        try temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
            --name "$name" --type "${pair##*:}"
        ;;
    esac
done
echo "The namespace $TEMPORAL_NAMESPACE is ready."

#!/bin/sh
# Makes the namespace, its retention and our search attributes; safe to run again. Runs in
# temporalio/admin-tools, which brings the command `temporal`.
set -eu

tries=0
until temporal operator cluster health >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
        echo "Temporal at $TEMPORAL_ADDRESS did not get well within two minutes" >&2
        exit 1
    fi
    sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE"
temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention 30d

known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for pair in AfterwordStage:Keyword AfterwordLead:Keyword AfterwordSeverity:Int \
    AfterwordNextDue:Datetime AfterwordOpenActions:Int; do
    name=${pair%%:*}
    case "$known" in
    *"$name"*) ;;
    *)
        temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
            --name "$name" --type "${pair##*:}"
        ;;
    esac
done

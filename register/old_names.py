"""The names of before migration 0004, and how a record in them becomes one of today.

It serves that migration and the upgrade of reviews that were open then. It knows no class of today,
so it stays as it is when those change; later migrations go on from where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

EVENT_KINDS = {
    "letter": "notification",
    "keep": "reject-give-up",
    "undeliverable": "report-bounce",
}
"""Kinds of events that have another name today; a notification about one repeats it as a code."""

GATE = re.compile("“(draft|actions|closure)”")
"""The gate in the text of an approval; it has a field of its own today."""

FIELDS: dict[str, dict[str, str]] = {
    "review": {"told": "notified_revision", "flying": "in_flight"},
    "roles": {"desk": "coordinator"},
    "finding": {"where": "passage", "why": "problem", "better": "suggestion"},
    "contribution": {"left_out": "rejected_because"},
    "action": {"standing": "status", "said": "last_comment"},
    "recurrence": {"answered": "answer"},
    "meeting": {"coming": "rsvps"},
    "policy": {
        "nudge_working_days": "reminder_working_days",
        "letters_per_step_up": "emails_per_escalation",
        "shuts_at": "closes_at",
    },
    "event": {"way": "channel"},
    "receipt": {"order": "command_id", "said": "summary"},
    "notification": {"quoted": "quoted_lines"},
    "item": {"answers": "reply_hints"},
}
"""The fields that have another name today, by the kind of thing they belong to."""

PARTS: dict[str, dict[str, str]] = {
    "review": {
        "roles": "roles",
        "findings": "finding",
        "contributions": "contribution",
        "causes": "cause",
        "actions": "action",
        "recurrences": "recurrence",
        "meeting": "meeting",
        "follow_up": "meeting",
        "past_follow_ups": "meeting",
        "policy": "policy",
        "log": "event",
        "receipts": "receipts",
        "held": "notification",
        "flying": "notification",
    },
    "cause": {"findings": "finding"},
    "action": {"findings": "finding"},
    "notification": {"items": "item"},
}
"""The fields that hold other things, and of which kind these are."""

VALUES = {("event", "kind"): EVENT_KINDS, ("item", "code"): EVENT_KINDS}


def translate_review(old: Mapping[str, Any]) -> dict[str, Any]:
    """Translate the record of a review, or some of its fields, as JSON; the input stays as it is.

    Every field is carried; one that has no other name today stays as it is.
    """
    return _translate_part("review", old)


def translate_action(old: Mapping[str, Any]) -> dict[str, Any]:
    """Translate an action, as JSON."""
    return _translate_part("action", old)


def translate_cause(old: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a cause, as JSON."""
    return _translate_part("cause", old)


def _find_approved_gate(kind: str, text: str) -> str | None:
    """Find the gate that an event approved, in its text; None if it is no approval."""
    found = GATE.search(text) if kind == "approve" else None
    return found[1] if found else None


def _translate_part(kind: str, old: Mapping[str, Any]) -> dict[str, Any]:
    names, parts = FIELDS.get(kind, {}), PARTS.get(kind, {})
    translated = {
        names.get(name, name): _translate_value(kind, name, value, parts.get(name, ""))
        for name, value in old.items()
    }
    if kind == "event":
        translated["gate"] = _find_approved_gate(old["kind"], old["text"])
    return translated


def _translate_value(kind: str, name: str, value: Any, part: str) -> Any:
    if (kind, name) in VALUES:
        return VALUES[kind, name].get(value, value)
    if not part or value is None:
        return value
    if part == "receipts":
        return {key: _translate_part("receipt", receipt) for key, receipt in value.items()}
    if isinstance(value, list):
        return [_translate_part(part, each) for each in value]
    return _translate_part(part, value)

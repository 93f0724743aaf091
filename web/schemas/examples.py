"""An example of the body of every command, for the OpenAPI schema."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from models.commands import Command
from web.schemas.fields import SERVER_FIELDS

EXAMPLE_VALUES: dict[str, Any] = {
    "action": "A1",
    "actions": ["A1"],
    "at": "2026-03-09T14:00:00+01:00",
    "attended": ["ada@example.org", "fay@example.org"],
    "cause": "C1",
    "causes": ["C1"],
    "code": "blame",
    "rsvp": "yes",
    "contribution": "K1",
    "due": "2026-04-01",
    "evidence": "The pool is capped at 40 since release 214; see the dashboard “pool”.",
    "finding": "I opened 60 connections in staging; 20 were refused within a second.",
    "gate": "draft",
    "incident": {
        "source": "pagerduty",
        "key": "Q2XYZ",
        "title": "Checkout answered with errors again",
        "ended_at": "2026-03-20T08:40:00Z",
    },
    "item": "C1",
    "measure": "60 connections at once in staging: 20 are refused, checkout goes on.",
    "minutes": 45,
    "notes": "Calm and thorough.",
    "owner": "olga@example.org",
    "people": ["ada@example.org", "fay@example.org"],
    "person": "ada@example.org",
    "place": "Room 4, or https://meet.example.org/checkout",
    "priority": "P2",
    "question": "How far is the cap?",
    "reason": "The vendor answers in April.",
    "recurrence": "R1",
    "replacement": "",
    "risk": "We live with one manual restart a quarter.",
    "role": "lead",
    "statuses": {"A1": "The cap is live; waiting for the load test."},
    "symptom": "Checkout had no connections left.",
    "text": "Cap the connection pool of checkout at 40.",
    "until": "2026-04-30",
    "verifier": "vera@example.org",
    "whys": ["Every retry opened a connection.", "The client library has no cap by default."],
}


def build_example(command_type: type[Command]) -> dict[str, Any]:
    """Build the example of one command's body, to be merged into its OpenAPI operation."""
    names = [field.name for field in fields(command_type) if field.name not in SERVER_FIELDS]
    value = {name: EXAMPLE_VALUES[name] for name in names}
    if not value:
        return {}
    content = {"application/json": {"examples": {"plain": {"value": value}}}}
    return {"requestBody": {"content": content}}

"""What people write and type in the tests: documents, and how far a review shall have come."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import DESK, FAY, MONDAY, OLGA, OMAR
from tests.cli.house import House, Terminal

WHOLE = """\
# Checkout answered with errors

## Summary

Checkout answered one request in three with an error for 105 minutes.

## Impact

4,100 orders were not placed; nobody lost data.

## Timeline

- 08:15 UTC: the pool of connections ran dry after a tenant's import began.
- 08:55 UTC: the on-call engineer was paged.
- 10:00 UTC: the import was stopped, and errors ended.

## Causes

One tenant could hold every connection.

## What went well

The import could be stopped without losing it.
"""
BARE = "# Checkout\n\n## Summary\n\nThe engineer should have known.\n"

ID = "review-manual-Q1"
MEASURE = "A load test with 50 tenants stays under 1 % errors"


def open_review(afterword: Terminal) -> None:
    """Open the review by hand, as the desk."""
    afterword.done(
        *("review", "open", "Checkout answered with errors", "--severity", "1", "--key", "Q1"),
        *("--lead", "ada", "--facilitator", "fay", "--sponsor", "sam", "--participant", "pia"),
        *("--service", "checkout", "--started-at", "2026-03-02 09:15"),
        *("--ended-at", "2026-03-02 11:00", "--link", "https://incidents.example.org/Q1"),
        by=DESK,
    )


def draft_approved(house: House, afterword: Terminal) -> None:
    """Write, meet and name a cause, so that actions can be proposed."""
    afterword.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())
    at = ("--at", "2026-03-05 15:00")
    afterword.done("meeting", "schedule", "q1", *at, "--place", "Room 4", by=FAY)
    afterword.done("approve", "q1", "draft")
    whys = ("--why", "The pool ran dry", "--why", "Nothing limits what one tenant may hold")
    afterword.done("cause", "add", "q1", "--symptom", "Checkout answered 500", *whys, by=FAY)
    house.now = MONDAY + timedelta(days=4)
    afterword.done("meeting", "hold", "q1", "--attended", "ada", "--attended", "pia", by=FAY)


def propose(afterword: Terminal, text: str, owner: str) -> None:
    """Propose a good action."""
    afterword.done(
        *("action", "propose", "q1", "--text", text, "--owner", owner, "--verifier", "vera"),
        *("--due", "2026-03-27", "--measure", MEASURE, "--cause", "C1", "--priority", "p2"),
        by=FAY,
    )


def accepted(house: House, afterword: Terminal) -> None:
    """Bring the review into follow-up: two actions, both accepted."""
    open_review(afterword)
    draft_approved(house, afterword)
    propose(afterword, "Limit connections per tenant to 20", "olga")
    propose(afterword, "Page when one tenant sees over 2 % errors for 5 minutes", "omar")
    afterword.done("approve", "q1", "actions")
    afterword.done("action", "accept", "q1", "a1", by=OLGA)
    afterword.done("action", "accept", "q1", "a2", by=OMAR)
    at = ("--at", "2026-04-09 15:00", "--zone", "Europe/Paris")
    afterword.done("follow-up", "schedule", "q1", *at, "--place", "Room 4", by=FAY)

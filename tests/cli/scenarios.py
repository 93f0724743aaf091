"""Documents that tests write, and steps that bring a review as far as a test needs."""

from __future__ import annotations

from datetime import timedelta

from tests.cli.api_server import ApiServer, Terminal
from tests.sample_people import COORDINATOR, FAY, MONDAY, OLGA, OMAR

COMPLETE_DOCUMENT = """\
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
INCOMPLETE_DOCUMENT = "# Checkout\n\n## Summary\n\nThe engineer should have known.\n"

REVIEW_ID = "review-manual-Q1"
MEASURE = "A load test with 50 tenants stays under 1 % errors"


def open_review(afterword: Terminal) -> None:
    """Open a review by hand, as the coordinator."""
    afterword.check_output(
        *("review", "open", "Checkout answered with errors", "--severity", "1", "--key", "Q1"),
        *("--lead", "ada", "--facilitator", "fay", "--sponsor", "sam", "--participant", "pia"),
        *("--service", "checkout", "--started-at", "2026-03-02 09:15"),
        *("--ended-at", "2026-03-02 11:00", "--link", "https://incidents.example.org/Q1"),
        by=COORDINATOR,
    )


def approve_draft(api_server: ApiServer, afterword: Terminal) -> None:
    """Write the document, hold the meeting and add a cause, so that actions can be proposed."""
    afterword.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )
    at = ("--at", "2026-03-05 15:00")
    afterword.check_output("meeting", "schedule", "q1", *at, "--place", "Room 4", by=FAY)
    afterword.check_output("approve", "q1", "draft")
    whys = ("--why", "The pool ran dry", "--why", "Nothing limits what one tenant may hold")
    afterword.check_output(
        "cause", "add", "q1", "--symptom", "Checkout answered 500.", *whys, by=FAY
    )
    api_server.now = MONDAY + timedelta(days=4)
    afterword.check_output("meeting", "hold", "q1", "--attended", "ada,pia", by=FAY)


def propose_action(afterword: Terminal, text: str, owner: str) -> None:
    """Propose a complete action."""
    afterword.check_output(
        *("action", "propose", "q1", "--text", text, "--owner", owner, "--verifier", "vera"),
        *("--due", "2026-03-27", "--measure", MEASURE, "--cause", "C1", "--priority", "p2"),
        by=FAY,
    )


def accept_actions(api_server: ApiServer, afterword: Terminal) -> None:
    """Bring the review into follow-up: two actions, both accepted."""
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")
    propose_action(afterword, "Page when one tenant sees over 2 % errors for 5 minutes", "omar")
    afterword.check_output("approve", "q1", "actions")
    afterword.check_output("action", "accept", "q1", "a1", by=OLGA)
    afterword.check_output("action", "accept", "q1", "a2", by=OMAR)
    at = ("--at", "2026-04-09 15:00", "--zone", "Europe/Paris")
    afterword.check_output("follow-up", "schedule", "q1", *at, "--place", "Room 4", by=FAY)

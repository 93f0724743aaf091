"""Names, timeouts and retries of the workflow, each decided once."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy, SearchAttributeKey

WORKFLOW = "Review"
TASK_QUEUE = "afterword"

STAGE = SearchAttributeKey.for_keyword("AfterwordStage")
LEAD = SearchAttributeKey.for_keyword("AfterwordLead")
SEVERITY = SearchAttributeKey.for_int("AfterwordSeverity")
NEXT_DUE = SearchAttributeKey.for_datetime("AfterwordNextDue")
OPEN_ACTIONS = SearchAttributeKey.for_int("AfterwordOpenActions")
SEARCH_ATTRIBUTES: tuple[tuple[str, str], ...] = (
    (STAGE.name, "Keyword"),
    (LEAD.name, "Keyword"),
    (SEVERITY.name, "Int"),
    (NEXT_DUE.name, "Datetime"),
    (OPEN_ACTIONS.name, "Int"),
)

FOR_EVER = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=5),
)
"""An outage delays; it never loses: transient failures are tried again without end."""

ONE_TRY = timedelta(seconds=15)
"""How long one try of an activity may take; a worker that died in it is noticed after that."""

ONE_TASK = timedelta(seconds=5)
"""How soon a worker that died over a workflow task is noticed."""

ONE_VOLLEY = timedelta(minutes=5)
"""How long one try of all letters that go out together may take."""

LONGEST_AT_HAND = timedelta(minutes=10)
"""After so long without a plan or a record another is begun, with the review as it is by then."""

LOCAL_RETRIES = timedelta(milliseconds=500)
"""What fails at hand is tried again by a timer, so that it holds up no order meanwhile."""

LONGEST_ASK = timedelta(seconds=20)
"""How long an edge waits for the answer to an order before it says that the worker is away."""

PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)
"""Seconds between tries of an order that met a review between two runs."""

ROOM = 1_000_000
"""Octets that a whole record may have as JSON: at 2 MiB Temporal could hand it to no new run."""

SMALL = 4_096
"""Octets of an order that is taken even where a record is full, so that it can come to its end."""

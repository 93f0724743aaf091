"""Names, timeouts and retries of the workflow, each decided once."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy, SearchAttributeKey

WORKFLOW_TYPE = "Review"
REMINDERS_TYPE = "Reminders"
HAND_OVER_TYPE = "HandOver"
ANCHOR_TYPE = "DailyAnchor"
ANCHOR_ID = "daily-anchor"
WEEKLY_TYPE = "WeeklyEmails"
WEEKLY_ID = "weekly-emails"
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

RETRY_FOREVER = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=5),
)
"""Transient failures are retried without end: an outage delays, it never loses anything."""

ACTIVITY_TIMEOUT = timedelta(seconds=15)
"""Timeout of one attempt of an activity; a worker that died in it is noticed after that."""

TASK_TIMEOUT = timedelta(seconds=5)
"""Timeout of a workflow task; a worker that died in it is noticed after that."""

SEND_TIMEOUT = timedelta(minutes=5)
"""Timeout of one attempt to send all notifications that are due together."""

RECORD_AND_PLAN_IN_PAIRS = "record-and-plan-in-pairs"
"""The patch by which a record and a plan are started only when neither is under way, and last.

Both are local activities. Whether one of them ends before or after a message that comes at the same
time is not in the history, so what is started must not depend on it; in older runs, it may.
"""

GATHERING_TIME = timedelta(minutes=5)
"""How long a daily email waits for other reviews after the first has something to remind of."""

REMIND_TIMEOUT = timedelta(hours=1)
"""For how long sending a daily email is tried before what it tells is asked for again."""

ANCHOR_PATIENCE = timedelta(hours=20)
"""For how long it is tried to bring an anchor to one place: until the next one is taken."""

WEEKLY_TIMEOUT = timedelta(hours=1)
"""Timeout of one attempt to send the weekly emails of one zone."""

WEEKLY_CATCH_UP = timedelta(days=6)
"""After how long an outage the emails of a week are left out."""

LOCAL_ACTIVITY_TIMEOUT = timedelta(minutes=10)
"""After so long a local activity is started again, with the review as it is by then."""

LOCAL_RETRY_THRESHOLD = timedelta(milliseconds=500)
"""Local activities that fail for longer are retried by a timer, so that commands are not
blocked.
"""

UPDATE_TIMEOUT = timedelta(seconds=20)
"""How long an edge waits for the answer to a command before the worker counts as unavailable."""

HAND_OVER_TIMEOUT = timedelta(seconds=30)
"""Timeout of one attempt to hand over in one review: as long as a command may take, and more."""

HAND_OVER_PATIENCE = 40.0
"""How long an edge waits for a whole hand-over, in seconds; it goes on without the edge."""

BETWEEN_RUNS_SECONDS = 4.0
"""How long a command that met a review between two runs is tried again, in seconds."""

BETWEEN_RUNS_INTERVAL_SECONDS = 0.05
"""Seconds until it is tried again first; the time doubles with every attempt."""

MAX_RECORD_BYTES = 1_000_000
"""Largest size of a record as JSON, in bytes: at 2 MiB Temporal could not pass it to a new run."""

SMALL_COMMAND_BYTES = 4_096
"""Size in bytes up to which a command is accepted even when the record is full."""

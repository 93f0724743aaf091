"""What is to be seen to about what happened: lost reviews, broken chains, anchors that are late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.audit.audit_event import AuditEvent, AuditKind
from models.doctor.concern import Concern
from rules.audit.verify_log import ChainBreak
from rules.formatting import end_sentence

LATE = timedelta(hours=27)
"""After how long an anchor is late: it is taken once a day, and may have to be tried again."""

RECENT = timedelta(days=7)
"""For how long what somebody did to the database or a workflow is named."""

MAX_NAMED = 20
"""How many lost reviews, and how many breaks, are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedHistory:
    """What happened that may need somebody.

    `lost` are the reviews whose workflow was ended from outside; `changes` the audit events of the
    last days about resets and restores; `news_since` is when the first thing happened that no
    anchor covers; `anchor_leaves` whether an anchor goes anywhere else.
    """

    lost: tuple[str, ...] = ()
    changes: tuple[AuditEvent, ...] = ()
    breaks: tuple[ChainBreak, ...] = ()
    last_anchor_at: datetime | None = None
    news_since: datetime | None = None
    anchor_leaves: bool = True


def list_history_concerns(history: RecordedHistory, now: datetime) -> tuple[Concern, ...]:
    """List what is to be seen to about what happened."""
    return (
        *_iter_breaks(history.breaks),
        *_iter_lost(history.lost),
        *map(_describe_change, history.changes),
        *_iter_anchor(history, now),
    )


def _iter_breaks(breaks: Iterable[ChainBreak]) -> Iterator[Concern]:
    for found in [*breaks][:MAX_NAMED]:
        line = f", line {found.line}" if found.line else ""
        yield Concern(
            code="broken-chain",
            subject=found.chain,
            sentence=f"The log of {found.chain} in {found.place} is not whole{line}: "
            f"{end_sentence(found.text)}",
            way_out="`afterword audit verify` shows all. Find out who could write there before "
            "anything is put right, and compare with a backup and the anchors.",
        )


def _iter_lost(lost: Iterable[str]) -> Iterator[Concern]:
    for name in [*lost][:MAX_NAMED]:
        yield Concern(
            code="lost-review",
            subject=name,
            sentence=f"{name} is lost: somebody ended its workflow in Temporal.",
            way_out=f"`temporal workflow reset --workflow-id {name} --type LastWorkflowTask "
            '--reason "…"` brings it back.',
        )


def _describe_change(event: AuditEvent) -> Concern:
    if event.kind is AuditKind.WORKFLOW_RESET:
        return Concern(
            code="reset-review",
            subject=event.subject,
            sentence=f"The workflow of {event.subject} was set back on {event.at:%Y-%m-%d}.",
            way_out="Compare its log with the register, which shows the newer state, and do again "
            "what is missing.",
        )
    return Concern(
        code="restored",
        subject="database",
        sentence=f"On {event.at:%Y-%m-%d}: {end_sentence(event.text)}",
        way_out="Compare with the emails and the anchors of that time, and do again what is "
        "missing.",
    )


def _iter_anchor(history: RecordedHistory, now: datetime) -> Iterator[Concern]:
    if history.news_since is not None and now - history.news_since >= LATE:
        last = history.last_anchor_at
        when = (
            f"The last daily anchor is of {last:%Y-%m-%d}" if last else "No anchor was ever taken"
        )
        yield Concern(
            code="late-anchor",
            subject="daily-anchor",
            sentence=f"{when}, and something happened on {history.news_since:%Y-%m-%d}.",
            way_out="See that a worker runs, and in Temporal that the workflow “daily-anchor” "
            "does; a worker starts it.",
        )
    if not history.anchor_leaves:
        yield Concern(
            code="anchor-stays",
            subject="audit",
            sentence="The daily anchor goes nowhere else, so whoever writes to the database can "
            "make all logs again.",
            way_out="Set AFTERWORD_AUDIT__ANCHOR_EMAILS=true, AFTERWORD_AUDIT__ANCHOR_FILE or "
            "AFTERWORD_AUDIT__ANCHOR_URL.",
        )

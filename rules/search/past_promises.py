"""What became of what was promised after an earlier incident, seen from a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from models.action import FINISHED_STATUSES, Action, ActionStatus, Dropped, Verified
from models.filing import ToldStatus
from models.review import Stage
from rules.formatting import format_count, format_date

TOLD = {
    ToldStatus.DONE: "done, as its post-mortem tells",
    ToldStatus.NOT_DONE: "not done, as its post-mortem tells",
    ToldStatus.DROPPED: "dropped, as its post-mortem tells",
    ToldStatus.NOT_TOLD: "its post-mortem does not tell what became of it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPromise:
    """An action of an earlier review, and how it ended.

    `overdue_days` counts from its due date to the day on which the new incident began, where it
    was not finished by then; else it is 0.
    """

    id: str
    text: str
    sentence: str
    overdue_days: int = 0

    @property
    def detail(self) -> tuple[str, str]:
        """Return the promise as a label and what is to be said about it."""
        return self.id, f"{self.text}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReview:
    """A review of an earlier incident that is like a new one, from 0 to 1, and what it promised."""

    id: str
    title: str
    stage: Stage
    ended_at: datetime
    similarity: float
    promises: tuple[PastPromise, ...] = ()


def list_past_promises(actions: tuple[Action, ...], began_at: datetime) -> tuple[PastPromise, ...]:
    """List what was promised before an incident began, what was overdue for longest first."""
    promised = (
        PastPromise(
            id=action.id,
            text=action.text,
            sentence=_describe(action, began_at),
            overdue_days=count_overdue_days(action, began_at),
        )
        for action in actions
        if _is_promised(action, began_at)
    )
    return tuple(sorted(promised, key=lambda each: -each.overdue_days))


def count_overdue_days(action: Action, began_at: datetime) -> int:
    """Count the days from an action's due date to the day on which an incident began, in UTC.

    0 where it was finished by then, not promised yet, or not due; and where only a finished
    post-mortem tells of it.
    """
    began_on = began_at.astimezone(UTC).date()
    if action.due is None or action.told is not None or not _is_promised(action, began_at):
        return 0
    finished_at = find_finish(action)
    is_open = finished_at is None or finished_at > began_at
    return max(0, (began_on - action.due).days) if is_open else 0


def find_finish(action: Action) -> datetime | None:
    """Find when an action was verified, dropped or withdrawn; None while it is open."""
    if action.outcome is not None:
        return action.outcome.at
    return action.since if action.status in FINISHED_STATUSES else None


def _is_promised(action: Action, began_at: datetime) -> bool:
    """Return whether somebody had promised an action by then, and it was not withdrawn."""
    if action.status in (ActionStatus.WITHDRAWN, ActionStatus.PROPOSED):
        return False
    return action.assigned_at is None or action.assigned_at <= began_at


def _describe(action: Action, began_at: datetime) -> str:
    days = count_overdue_days(action, began_at)
    now = _describe_end(action)
    if not days:
        return now
    return f"{format_count(days, 'day')} overdue when this incident began; {now}"


def _describe_end(action: Action) -> str:
    match action.outcome:
        case Verified(at=at):
            return f"verified on {_format_day(at)}"
        case Dropped(at=at, replacement=replacement) if replacement:
            return f"dropped on {_format_day(at)} for {replacement}"
        case Dropped(at=at):
            return f"dropped on {_format_day(at)}, its risk accepted"
    if action.told is not None:
        return TOLD[action.told.status]
    return f"still open, due {format_date(action.due)}" if action.due else "still open"


def _format_day(at: datetime) -> str:
    return format_date(at.astimezone(UTC).date())

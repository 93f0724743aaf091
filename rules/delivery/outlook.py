"""What an action leads to next, and on which day, as long as nobody does anything about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.action import FINISHED_STATUSES
from models.codes import BlockerCode
from models.notifications import SentCount
from models.people import Person
from models.review import Review
from rules.calendar.working_time import Calendar
from rules.notifications.due_times import find_due_time, find_overdue_time
from rules.notifications.pending_work import PendingEntry, PendingWork, gather_pending_work

MAX_STEPS = 6
"""How many steps are foreseen; what comes later will be different anyway."""
REPEATS = 3
MAX_DISTANCE = timedelta(days=3660)
"""How far from now a due date may be for its reminders to be worth foreseeing."""
MAX_EMAILS_BEFORE = 60
"""How many emails before now are counted, to find when the next is due."""
ESCALATION_LEVELS = 2

REQUESTS: Mapping[str, str] = {
    BlockerCode.NOT_ACCEPTED: "is asked to accept or decline it",
    BlockerCode.NOT_VERIFIED: "is asked to verify it",
    BlockerCode.QUESTION: "is asked to answer the question",
}
DECISION = "is asked to decide about it"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class UpcomingStep:
    """On a day, somebody (“” for nobody in particular) is told something, or it happens."""

    on: date
    who: str
    what: str


def list_upcoming_steps(
    review: Review, action_id: str, people: Mapping[str, Person], now: datetime
) -> tuple[UpcomingStep, ...]:
    """List what an action leads to next, the first day first, each day where its person is.

    What was sent is not looked up: reminders are counted from when each began to be due.
    """
    action = review.action(action_id)
    if action is None or action.status in FINISHED_STATUSES or review.closed_at is not None:
        return ()
    work = gather_pending_work(review, people, now)
    steps = {
        step
        for entry in work.entries
        if entry.action is not None and entry.action.id == action_id
        for step in _iter_steps(work, entry)
    }
    return tuple(sorted({*steps, *_iter_meetings(review, now)}))[:MAX_STEPS]


def list_entries_of(
    review: Review, action_id: str, people: Mapping[str, Person], now: datetime
) -> tuple[PendingEntry, ...]:
    """List what is pending about an action now."""
    entries = gather_pending_work(review, people, now).entries
    return tuple(each for each in entries if each.action and each.action.id == action_id)


def _iter_meetings(review: Review, now: datetime) -> Iterator[UpcomingStep]:
    meeting = review.next_meeting
    if meeting is not None and meeting.at > now:
        name = "follow-up meeting" if review.follow_up else "meeting"
        yield UpcomingStep(on=meeting.at.date(), who="", what=f"The {name} goes through it")


def _iter_steps(work: PendingWork, entry: PendingEntry) -> Iterator[UpcomingStep]:
    if entry.due_on is not None and abs(entry.due_on - work.now.date()) > MAX_DISTANCE:
        return
    for to in entry.recipients:
        calendar = work.availability.get_calendar(to)
        for at in _iter_reminder_times(work, entry, to, calendar):
            on = calendar.to_local_date(at)
            yield UpcomingStep(on=on, who=to, what=_describe(entry, on))
    if entry.due_on is not None:
        yield from _iter_escalations(work, entry, entry.due_on)


def _iter_reminder_times(
    work: PendingWork, entry: PendingEntry, to: str, calendar: Calendar
) -> Iterator[datetime]:
    """Yield when the next reminders go out that nobody has snoozed."""
    resumes_at = _find_end_of_snooze(entry, to, calendar)
    last_sent = SentCount(count=1, at=work.now) if entry.due_on is not None else None
    found = 0
    for _ in range(MAX_EMAILS_BEFORE + REPEATS):
        due_at = find_due_time(
            work.review, entry.item, entry.due_on, to, last_sent=last_sent, calendar=calendar
        )
        at = calendar.find_opening(due_at)
        if work.availability.is_weekly(to):
            at = calendar.find_monday_opening(at)
        last_sent = SentCount(count=1, at=at)
        if at > work.now and (resumes_at is None or at >= resumes_at):
            yield at
            found += 1
        if found == REPEATS:
            return


def _find_end_of_snooze(entry: PendingEntry, to: str, calendar: Calendar) -> datetime | None:
    snoozes = entry.action.snoozes if entry.action else ()
    ends = (calendar.get_opening_time(each.until) for each in snoozes if each.by == to)
    return max(ends, default=None)


def _describe(entry: PendingEntry, on: date) -> str:
    if entry.due_on is None:
        return REQUESTS.get(entry.item.code, DECISION)
    if on > entry.due_on:
        return "is reminded that it is overdue"
    return "is reminded: it is due that day" if on == entry.due_on else "is reminded of it"


def _iter_escalations(
    work: PendingWork, entry: PendingEntry, due_on: date
) -> Iterator[UpcomingStep]:
    told = set(entry.recipients)
    for level, leader in enumerate(entry.leaders[:ESCALATION_LEVELS]):
        calendar = work.availability.get_calendar(leader)
        at = find_overdue_time(due_on, level, None, calendar, work.review.policy)
        if leader and leader not in told and at > work.now:
            told.add(leader)
            on = calendar.to_local_date(calendar.find_opening(at))
            yield UpcomingStep(on=on, who=leader, what="is told that it is overdue")

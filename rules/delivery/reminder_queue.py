"""The queue of one person's reminder emails: what is announced, gathered and sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from models.messages.daily_reminders import (
    Announcement,
    DueReminder,
    ReminderQueue,
    ReminderRound,
    WaitingReview,
)
from models.people import Person
from models.policy import Policy
from rules.calendar.working_time import get_calendar

MEMORY = timedelta(days=2)
"""How long it is remembered that an email was sent: longer than any day of anybody's."""

MAX_DAYS = 40
"""How many days with emails are remembered at most; only a moved calendar has so many at once."""

FAILURE_MEMORY = timedelta(days=7)
"""How long it is remembered that email fails: over nights and weekends, on which none is sent."""

RETRY_DELAY = timedelta(minutes=5)
"""When to try again after email to somebody has failed for as long as an activity tries."""


def get_time(waiting: WaitingReview, now: datetime) -> datetime:
    """Return what time it is for a review; the calendar may have been moved for it."""
    return now + waiting.ahead


def find_latest_time(queue: ReminderQueue, now: datetime) -> datetime:
    """Find what time it is for the review whose calendar is moved furthest; now for most."""
    return max((get_time(each, now) for each in queue.waiting), default=now)


def add_announcement(
    queue: ReminderQueue, announcement: Announcement, now: datetime
) -> ReminderQueue:
    """Return the queue with one more review that has something for the person."""
    added = WaitingReview(
        review=announcement.review,
        announced_at=announcement.at,
        ahead=max(announcement.at - now, timedelta()),
    )
    others = tuple(each for each in queue.waiting if each.review != added.review)
    next_at = queue.next_at or now + queue.gathering
    return replace(queue, waiting=(*others, added), next_at=next_at)


def apply_round(
    before: ReminderQueue, queue: ReminderQueue, outcome: ReminderRound, now: datetime
) -> ReminderQueue:
    """Return the queue after a look at what waited `before`; what was announced since stays.

    What could not be sent is forgotten: its review announces it again on the next working day. Only
    an email that was sent ends a failure.
    """
    waiting = tuple(
        each for each in queue.waiting if each not in before.waiting or each.review in outcome.kept
    )
    return replace(
        queue,
        waiting=waiting,
        next_at=now + queue.gathering if waiting else None,
        sent_on=(*queue.sent_on, *outcome.days)[-MAX_DAYS:],
        sent_at=now if outcome.sent else queue.sent_at,
        failing_since=None if outcome.sent else queue.failing_since,
    )


def apply_failure(queue: ReminderQueue, now: datetime) -> ReminderQueue:
    """Return the queue after email to the person has failed; it is tried again later."""
    failing_since = queue.failing_since or queue.next_at
    return replace(queue, next_at=now + RETRY_DELAY, failing_since=failing_since)


def is_due(queue: ReminderQueue, now: datetime) -> bool:
    """Return whether to look at what waits."""
    return queue.next_at is not None and queue.next_at <= now


def find_next_moment(queue: ReminderQueue, now: datetime) -> datetime:
    """Find when to look at what waits, or when nothing has to be remembered any more."""
    if queue.next_at is not None:
        return queue.next_at
    remembered = ((queue.sent_at, MEMORY), (queue.failing_since, FAILURE_MEMORY))
    return max((since + memory for since, memory in remembered if since), default=now)


def is_over(queue: ReminderQueue, now: datetime) -> bool:
    """Return whether nothing waits, and nothing has to be remembered."""
    return not queue.waiting and find_next_moment(queue, now) <= now


def list_sendable(
    due: Iterable[DueReminder], queue: ReminderQueue, person: Person, now: datetime
) -> tuple[DueReminder, ...]:
    """List what a person may get now: in their working hours, and within the policy's budget.

    A review that has a larger budget than others is told alone, once theirs is spent.
    """
    return tuple(each for each in due if _may_send(each, queue, person, now))


def group_by_email(due: Iterable[DueReminder]) -> tuple[tuple[DueReminder, ...], ...]:
    """Return what is due as it is sent: together, but what is restricted alone.

    A reply quotes the email, and the people of each review that it speaks of can read the reply.
    """
    due = tuple(due)
    together = tuple(each for each in due if not each.review.restricted_to)
    alone = tuple((each,) for each in due if each.review.restricted_to)
    return tuple(group for group in (together, *alone) if group)


def list_days(
    due: Iterable[DueReminder], queue: ReminderQueue, person: Person, now: datetime
) -> tuple[date, ...]:
    """List the person's dates on which these are sent: one, unless the calendar is moved."""
    times = (_find_time(each, queue, now) for each in due)
    return tuple(sorted({get_calendar(person, Policy()).to_local_date(time) for time in times}))


def _may_send(due: DueReminder, queue: ReminderQueue, person: Person, now: datetime) -> bool:
    time, policy = _find_time(due, queue, now), due.review.policy
    calendar = get_calendar(person, policy)
    count = queue.sent_on.count(calendar.to_local_date(time))
    return calendar.is_open(time) and count < policy.reminder_emails_per_day


def _find_time(due: DueReminder, queue: ReminderQueue, now: datetime) -> datetime:
    waiting = next(each for each in queue.waiting if each.review == due.review.id)
    return get_time(waiting, now)

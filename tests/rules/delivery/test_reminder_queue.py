"""The queue of one person's reminder emails: what is remembered, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.messages.daily_reminders import (
    Announcement,
    ReminderQueue,
    ReminderRound,
    ReviewDeliveries,
)
from rules.delivery import reminder_queue
from tests.sample_people import MONDAY, OLGA

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVIEW = "review-pagerduty-Q1ABC"
SENT = ReminderRound(sent=(ReviewDeliveries(review=REVIEW, deliveries=()),), days=(MONDAY.date(),))
EMPTY = ReminderQueue(person=OLGA, gathering=timedelta(minutes=5))


def announce(queue: ReminderQueue, now: datetime) -> ReminderQueue:
    return reminder_queue.add_announcement(queue, Announcement(review=REVIEW, at=now), now)


def look(queue: ReminderQueue, now: datetime) -> ReminderQueue:
    """Return the queue after a look outside working hours, at which nothing is sent."""
    return reminder_queue.apply_round(queue, queue, ReminderRound(), now)


def test_an_evening_without_email_does_not_end_a_failure() -> None:
    failed = reminder_queue.apply_failure(announce(EMPTY, MONDAY), MONDAY + HOUR)

    evening = look(failed, MONDAY + 8 * HOUR)
    next_day = reminder_queue.apply_failure(announce(evening, MONDAY + DAY), MONDAY + DAY + HOUR)

    assert evening.failing_since == failed.failing_since
    assert next_day.failing_since == failed.failing_since
    assert not evening.waiting


def test_a_failure_is_remembered_over_a_long_weekend_and_forgotten_later() -> None:
    failed = reminder_queue.apply_failure(announce(EMPTY, MONDAY), MONDAY + HOUR)

    evening = look(failed, MONDAY + 8 * HOUR)

    assert not reminder_queue.is_over(evening, MONDAY + 5 * DAY)
    assert reminder_queue.is_over(evening, MONDAY + 8 * DAY)


def test_an_email_that_was_sent_ends_a_failure() -> None:
    failed = reminder_queue.apply_failure(announce(EMPTY, MONDAY), MONDAY + HOUR)

    after = reminder_queue.apply_round(failed, failed, SENT, MONDAY + HOUR)

    assert after.failing_since is None
    assert reminder_queue.is_over(after, MONDAY + 3 * DAY)

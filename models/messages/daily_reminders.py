"""The reminders of one person over all reviews: what waits for them, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.notifications import Delivery, Notification
from models.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A review has something for a person's next reminder email; `at` is the review's own time."""

    review: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReview:
    """A review that announced something; its clock may be `ahead`, where the calendar is moved."""

    review: str
    announced_at: datetime
    ahead: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderQueue:
    """What waits for one person's next reminder email, and on which days emails were sent.

    `gathering` is how long to wait for other reviews after the first announcement; `next_at` is
    when to look at what waits, None where nothing does; `sent_at` is when the last email was
    sent; `failing_since` is set while email to the person fails.
    """

    person: str
    gathering: timedelta
    waiting: tuple[WaitingReview, ...] = ()
    next_at: datetime | None = None
    sent_on: tuple[date, ...] = ()
    sent_at: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """What one review has for one person's reminder email, with the part of it that is told."""

    review: Review
    notification: Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDeliveries:
    """What came of the notifications of one review."""

    review: str
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRound:
    """The outcome of one look at what waits for a person.

    `days` are the person's dates on which it was sent, `kept` the reviews to ask again soon.
    """

    sent: tuple[ReviewDeliveries, ...] = ()
    days: tuple[date, ...] = ()
    kept: tuple[str, ...] = ()

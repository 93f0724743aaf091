"""Why the postbox is empty, or what it still waits for: the emails held for working hours."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from models.notifications import Notification
from models.people import Person
from models.policy import Policy
from register.archive import Archive
from rules.calendar.availability import Availability
from rules.calendar.working_time import Calendar
from rules.formatting import WEEKDAYS, format_count, format_time, join_words
from rules.notifications.recall import list_daily
from web.dependencies import ReviewClientProtocol

NO_REVIEW = (
    "No review is open, so there is nothing to write. Open one with `afterword review open`, or "
    "send a webhook."
)
NOTHING_DUE = "Nothing is due at the moment. The first email is sent when something is."


async def describe_waiting(
    review_client: ReviewClientProtocol, archive: Archive, policy: Policy, now: datetime
) -> str:
    """Return in a sentence which emails wait, for what, and until when the first one does."""
    names = await review_client.list_open_ids()
    if not names:
        return NO_REVIEW
    reviews = [await review_client.fetch_review(name) for name in names]
    held = [notification for review in reviews for notification in review.held]
    daily = sorted({each.to for review in reviews for each in list_daily(review)})
    people = await asyncio.to_thread(
        archive.people.find_people, {notification.to for notification in held}
    )
    sentence = format_waiting(held, people, policy, now)
    if not daily:
        return sentence
    return " ".join((format_daily(daily), *((sentence,) if sentence != NOTHING_DUE else ())))


def format_daily(people: list[str]) -> str:
    """Format for whom something waits for the email that comes once a day."""
    return (
        f"What can wait is sent once a day in one email; one is due to {join_words(people)}. Who "
        "had one today gets the next on the next working day."
    )


def format_waiting(
    held: list[Notification], people: Mapping[str, Person], policy: Policy, now: datetime
) -> str:
    """Format which notifications are held, and why and until when the first of them is."""
    timed = [(each.not_before, each.to) for each in held if each.not_before is not None]
    if not timed:
        return NOTHING_DUE
    send_at, to = min(timed)
    calendar = Availability(people, policy, now).get_calendar(to)
    verb = "waits" if len(timed) == 1 else "wait"
    return (
        f"{format_count(len(timed), 'email')} {verb} for working hours. "
        f"{_describe_hour(calendar, to, now)} "
        f"The first is sent to {to} on {format_time(send_at, calendar.zone)}."
    )


def _describe_hour(calendar: Calendar, to: str, now: datetime) -> str:
    """Return in a sentence why nobody writes to somebody at this time."""
    local = now.astimezone(calendar.zone)
    if not calendar.is_working_day(local.date()):
        return f"It is {WEEKDAYS[local.weekday()]}, a day off where {to} works."
    hours = f"{calendar.opens_at:%H:%M} to {calendar.closes_at:%H:%M}"
    return f"It is {local:%H:%M} where {to} works, and emails are sent from {hours}."

"""When weekly emails go out: on Monday morning, wherever their reader is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from models.messages.weekly_round import WeeklyRound

TIME_OF_DAY = time(8)
SUNDAY = 6
DAY = timedelta(days=1)


def find_monday(now: datetime) -> date:
    """Return the Monday whose emails are due: tomorrow's on a Sunday, else that of this week.

    On the western edge of the date line, Monday morning comes while it is still Sunday in UTC.
    """
    today = now.astimezone(UTC).date()
    if today.weekday() == SUNDAY:
        return today + DAY
    return today - today.weekday() * DAY


def find_moment(monday: date, zone: tzinfo) -> datetime:
    """Return when it is time for weekly emails in a zone, in UTC."""
    return datetime.combine(monday, TIME_OF_DAY, tzinfo=zone).astimezone(UTC)


def find_weekly_end(monday: date) -> datetime:
    """Return when the emails of a week are given up: as its Sunday begins, before the next week."""
    return datetime.combine(monday + SUNDAY * DAY, time(), tzinfo=UTC)


def build_round(monday: date, zones: Iterable[tzinfo]) -> WeeklyRound:
    """Build the round of a Monday for readers in these zones."""
    moments = sorted({find_moment(monday, zone) for zone in zones})
    return WeeklyRound(monday=monday, moments=tuple(moments))

"""Parse the times of a timeline, in the forms and zones people write, and convert them to UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from text_checks.timeline.foreign_months import write_months_as_numbers
from text_checks.timeline.time_forms import (
    CLOCK,
    DATE,
    HEAD_LENGTH,
    ISO_T,
    ONE_DAY,
    find_zone,
    find_zone_after,
    parse_clock,
    parse_day,
)

MIDNIGHT_GAP = timedelta(hours=6)
"""A time earlier than the entry before by more than this is on the next day; else unsorted."""

MAX_SCANNED_LENGTH = 20_000
"""Number of characters of a document that are searched for its date."""

EARLIEST_YEAR = 1990
"""The earliest plausible year of an incident; an older figure is not a year."""

MAX_STATEMENT_LENGTH = 200
"""Number of characters of a sentence that states the zone of a whole timeline."""

_ZONE_STATEMENT = re.compile(
    r"\b(?:times?|timestamps?|clocks?|hours|zeiten|time ?zone|zeitzone)\b|^\W*[A-Z]{2,5}\W*$",
    re.IGNORECASE,
)
"""What a sentence holds that states a zone and no time."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An entry of a timeline: its whole text, and its time in UTC; None if it states none."""

    text: str
    at: datetime | None = None


def parse_timeline(
    entries: Sequence[str], ended: datetime, heading: str = ""
) -> tuple[TimelineEntry, ...]:
    """Parse the times of a timeline, entry by entry from first to last.

    `ended` is the end of the incident; the days of a timeline without dates are counted back from
    it. `heading`, or an entry that is no event, may name the zone for entries that name none
    (else UTC).
    """
    stated = (zone for entry in entries if (zone := find_stated_zone(entry)))
    reader = _TimelineReader(ended, find_zone(heading) or next(stated, UTC))
    times = [(entry, reader.read_time(entry)) for entry in entries]
    overrun = reader.compute_overrun()
    return tuple(TimelineEntry(text, _convert_to_utc(at, overrun)) for text, at in times)


@dataclass(slots=True)
class _TimelineReader:
    """The state of reading a timeline: its day, its zone, and the time of the entry before."""

    ended: datetime
    zone: tzinfo
    day: date | None = None
    previous: datetime | None = None
    is_dated: bool = False

    def read_time(self, entry: str) -> datetime | None:
        """Return the time of the next entry; None if it states none."""
        head = ISO_T.sub(" ", entry[:HEAD_LENGTH])
        stated_day = parse_day(DATE.search(head), self.ended)
        remainder = DATE.sub(" ", head, count=1) if stated_day else head
        clock = CLOCK.search(remainder)
        self.day = stated_day or self.day
        self.is_dated = self.is_dated or stated_day is not None
        if clock is None:
            self.zone = (find_zone(remainder) if stated_day else None) or self.zone
            return None
        self.zone = find_zone_after(remainder, clock.end()) or self.zone
        self.previous = self._combine_with_day(parse_clock(clock), has_date=stated_day is not None)
        return self.previous

    def _combine_with_day(self, clock: time, *, has_date: bool) -> datetime:
        """Return a time on its day: far earlier than the one before, it is on the next day."""
        self.day = self.day or self.ended.date()
        at = datetime.combine(self.day, clock, self.zone)
        is_earlier = self.previous is not None and self.previous - at > MIDNIGHT_GAP
        if is_earlier and not has_date and self.day < date.max:
            self.day += ONE_DAY
            at += ONE_DAY
        return at

    def compute_overrun(self) -> timedelta:
        """Return the whole days by which a timeline without dates runs past the incident's end."""
        overrun = timedelta(0)
        while (
            not self.is_dated
            and self.previous
            and self.previous - overrun > self.ended + MIDNIGHT_GAP
        ):
            overrun += ONE_DAY
        return overrun


def _convert_to_utc(at: datetime | None, overrun: timedelta) -> datetime | None:
    try:
        return (at - overrun).astimezone(UTC) if at else None
    except OverflowError:
        return None


def find_stated_zone(text: str) -> tzinfo | None:
    """Find the zone that a sentence gives to all times (“All times are in CET”), if any."""
    if len(text) > MAX_STATEMENT_LENGTH or not _ZONE_STATEMENT.search(text) or CLOCK.search(text):
        return None
    return find_zone(text)


def find_date(text: str) -> date | None:
    """Return the first date with a year in a text; None if there is none."""
    for match in DATE.finditer(write_months_as_numbers(text[:MAX_SCANNED_LENGTH])):
        groups = match.groupdict()
        if groups["y"] or groups["y2"] or groups["y3"] or groups["y4"]:
            day = parse_day(match, datetime.max.replace(tzinfo=UTC))
            if day is not None and day.year > EARLIEST_YEAR:
                return day
    return None

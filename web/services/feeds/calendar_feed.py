"""A view as a calendar that people subscribe to (RFC 5545): due dates and meetings as events.

Due dates are events of a whole day rather than to-dos, which many calendars do not show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
MAX_EVENTS = 1000
"""How many events a calendar holds at most; programs that show calendars read all of it."""
LAST_START = date(9999, 12, 30)
"""The last day that has a day after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """An event: on a whole day, or from a time for some minutes; `changed_at` dates its text."""

    uid: str
    start: date | datetime
    minutes: int = 60
    title: str
    text: str
    link: str
    place: str = ""
    changed_at: datetime


def render_calendar(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """Render the calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Afterword//Register//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_build_event(entry))
    octets: bytes = calendar.to_ical()
    return octets


def _build_event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("url", entry.link)
    if entry.place:
        event.add("location", entry.place)
    if isinstance(entry.start, datetime):
        event.add("dtstart", entry.start)
        event.add("duration", timedelta(minutes=entry.minutes))
    else:
        event.add("dtstart", entry.start)
        event.add("dtend", min(entry.start, LAST_START) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event

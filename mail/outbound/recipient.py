"""The recipient of an email, in whose time zone and with whose acquaintances it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from mail.outbound.email_formatting import NO_BREAK_SPACE, join_on_one_line
from models.people import Person
from rules.formatting import format_date, format_distance, format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRecipient:
    """The recipient of one email: the person, the people they know, and the current time."""

    person: Person
    people: Mapping[str, Person]
    now: datetime

    @property
    def zone(self) -> tzinfo:
        """Return the recipient's time zone; UTC where the directory has none that exists."""
        return find_time_zone(self.person)

    def format_name(self, address: str) -> str:
        """Return somebody's name, or the address where the directory has no name."""
        person = self.people.get(address)
        return (join_on_one_line(person.name) if person else "") or join_on_one_line(address)

    def format_name_or_you(self, address: str) -> str:
        """Return somebody's name, or “you” for the recipient."""
        return "you" if address == self.person.address else self.format_name(address)

    def format_time(self, time: datetime) -> str:
        """Format a time in full, in the recipient's zone."""
        return format_time(time, self.zone)

    def format_due_date(self, when: date) -> str:
        """Format a due date in full, with its distance from today."""
        return f"{format_date(when)} ({self.format_distance(when)})"

    def format_distance(self, when: date) -> str:
        """Format the distance of a day from today, in words that stay on one line."""
        today = self.now.astimezone(self.zone).date()
        return format_distance((when - today).days).replace(" ", NO_BREAK_SPACE)


def find_time_zone(person: Person | None) -> tzinfo:
    """Return somebody's time zone; UTC where the directory has none that exists."""
    return parse_time_zone(person.zone if person else "")


def parse_time_zone(name: str) -> tzinfo:
    """Return the time zone of a name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, OSError, ValueError):
        return UTC

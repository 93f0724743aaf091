"""Format names, dates, numbers and quoted text in emails."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from models.people import Person

LINE_WIDTH = 78
MAX_WORD_LENGTH = 900
"""Characters of a word; no line of an email may pass 998 characters (RFC 5322, 2.1.1)."""

MAX_QUOTE_LENGTH = 1200
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SMALL_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
TH_NUMBERS = (11, 12, 13)
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
"""Keeps words together while lines are wrapped; a plain space in the finished email."""

_INDENT = re.compile(r" *(?:[A-Z]\d+ +|[-–] +)?")
_LABELLED_LINE = re.compile(r" {4}[A-Z][a-z ]{1,15}: ")
_TRAILING_DOT = re.compile(r" +·$")
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD_LENGTH}}}(?=\S)")
_INVISIBLE_CATEGORIES = ("Cc", "Cs")
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


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
        local = time.astimezone(self.zone)
        return f"{format_date(local)}, {local:%H:%M} ({get_zone_name(self.zone)})"

    def format_due_date(self, when: date) -> str:
        """Format a due date in full, with its distance from today."""
        return f"{format_date(when)} ({self.format_distance(when)})"

    def format_distance(self, when: date) -> str:
        """Format the distance of a day from today, in words that stay on one line."""
        today = self.now.astimezone(self.zone).date()
        return format_distance((when - today).days).replace(" ", NO_BREAK_SPACE)


def find_time_zone(person: Person | None) -> tzinfo:
    """Return somebody's time zone; UTC where the directory has none that exists."""
    try:
        return ZoneInfo(person.zone) if person else UTC
    except (KeyError, OSError, ValueError):
        return UTC


def get_zone_name(zone: tzinfo) -> str:
    """Return the name of a time zone."""
    return getattr(zone, "key", "UTC")


def format_date(when: date) -> str:
    """Format a date in full: “Friday 13 March 2026”."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def format_distance(days: int) -> str:
    """Format a number of days from today: “tomorrow”, “in 3 days”, “2 days ago”."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def join_words(words: Sequence[str]) -> str:
    """Join words to a list: “A1, A2 and A3”."""
    if len(words) < 2:  # noqa: PLR2004  (a row begins with two)
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def format_number(count: int) -> str:
    """Format a number; small ones as a word."""
    return SMALL_NUMBERS[count] if count < len(SMALL_NUMBERS) else str(count)


def format_ordinal(count: int) -> str:
    """Format an ordinal; small ones as a word."""
    if count <= len(ORDINALS):
        return ORDINALS[count - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if count % 100 in TH_NUMBERS else ending}"


def remove_control_characters(text: str) -> str:
    """Return text without control characters and marks that change the writing direction."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = "\n".join(text.splitlines()).replace("\t", " ")
    visible = (c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE_CATEGORIES)
    return "".join(c for c in visible if c not in _DIRECTION_MARKS).strip()


def join_on_one_line(text: str) -> str:
    """Return text on one line."""
    return " ".join(remove_control_characters(text).split())


def truncate(text: str, length: int = MAX_QUOTE_LENGTH) -> str:
    """Return text truncated at a word, with an ellipsis."""
    text = remove_control_characters(text)
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return f"{head.rsplit(None, 1)[0] if ' ' in head else head} …"


def format_header(text: str, length: int) -> str:
    """Format text for a header: one line, truncated, and nothing that reads as an encoded word.

    Python before 3.11.10 decodes encoded words in a header's value and may then write the line
    breaks it finds in them (CVE-2024-6923).
    """
    return truncate(join_on_one_line(text).replace("=?", "= ?"), length)


def wrap_text(text: str) -> str:
    """Return an email's text wrapped at 78 columns; longer words stay whole."""
    lines = [part for line in text.splitlines() for part in _wrap_line(line.rstrip())]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined.replace(NO_BREAK_SPACE, " ") + "\n"


def _wrap_line(line: str) -> list[str]:
    if len(line) <= LINE_WIDTH:
        return [line]
    wrapped = textwrap.wrap(
        _LONG_WORD.sub(lambda word: f"{word[0]} ", line),
        LINE_WIDTH,
        subsequent_indent=_find_indent(line),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [_TRAILING_DOT.sub("", part) for part in wrapped]


def _find_indent(line: str) -> str:
    if line.startswith("> "):
        return "> "
    if _LABELLED_LINE.match(line):
        return " " * 6
    start = _INDENT.match(line)
    return " " * (start.end() if start else 0)

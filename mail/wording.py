"""How names, dates and other people's words are put into letters."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from models.people import Person

WIDTH = 78
LONGEST_WORD = 900
"""No line of a letter may pass 998 characters (RFC 5322, 2.1.1)."""

LONGEST_QUOTE = 1200
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ELEVENTHS = (11, 12, 13)
GLUE = "\N{NO-BREAK SPACE}"
"""Holds words together while lines are broken; a plain space in the finished letter."""

_HANGING = re.compile(r" *(?:[A-Z]\d+ +|[-–] +)?")
_LABELLED = re.compile(r" {4}[A-Z][a-z ]{1,15}: ")
_TRAILING_DOT = re.compile(r" +·$")
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_UNSEEN = ("Cc", "Cs")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader of one letter: who they are, whom they know, and what time it is for them."""

    person: Person
    people: Mapping[str, Person]
    now: datetime

    @property
    def zone(self) -> tzinfo:
        """The reader's time zone; UTC where the directory names none that exists."""
        return zone_of(self.person)

    def name(self, address: str) -> str:
        """Call somebody by name, by address where the directory has no name."""
        person = self.people.get(address)
        return (line(person.name) if person else "") or line(address)

    def call(self, address: str) -> str:
        """Call somebody by name, or “you”."""
        return "you" if address == self.person.address else self.name(address)

    def moment(self, when: datetime) -> str:
        """Write a moment in full, in the reader's zone."""
        local = when.astimezone(self.zone)
        return f"{day(local)}, {local:%H:%M} ({zone_name(self.zone)})"

    def due(self, when: date) -> str:
        """Write a due date in full, and how far it is from today."""
        return f"{day(when)} ({self.distance(when)})"

    def distance(self, when: date) -> str:
        """Say how far away a day is from today, in words that stay together."""
        today = self.now.astimezone(self.zone).date()
        return distance((when - today).days).replace(" ", GLUE)


def zone_of(person: Person | None) -> tzinfo:
    """Give somebody's time zone; UTC where the directory names none that exists."""
    try:
        return ZoneInfo(person.zone) if person else UTC
    except (KeyError, OSError, ValueError):
        return UTC


def zone_name(zone: tzinfo) -> str:
    """Give a zone's name as people write it."""
    return getattr(zone, "key", "UTC")


def day(when: date) -> str:
    """Write a date in full: “Friday 13 March 2026”."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def distance(days: int) -> str:
    """Say how far away a day is, counted from today."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def listed(words: Sequence[str]) -> str:
    """Put words into a row: “A1, A2 and A3”."""
    if len(words) < 2:  # noqa: PLR2004  (a row begins with two)
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def number(count: int) -> str:
    """Write a small number as a word."""
    return SMALL[count] if count < len(SMALL) else str(count)


def ordinal(count: int) -> str:
    """Write the how-maniest as a word, while it is small."""
    if count <= len(ORDINALS):
        return ORDINALS[count - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if count % 100 in ELEVENTHS else ending}"


def plain(text: str) -> str:
    """Keep what can be read: no control characters, nothing that turns the direction of writing."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = "\n".join(text.splitlines()).replace("\t", " ")
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in _UNSEEN)
    return "".join(c for c in kept if c not in _TURNING).strip()


def line(text: str) -> str:
    """Put text on one line."""
    return " ".join(plain(text).split())


def clip(text: str, length: int = LONGEST_QUOTE) -> str:
    """Cut long text at a word and say so with an ellipsis."""
    text = plain(text)
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return f"{head.rsplit(None, 1)[0] if ' ' in head else head} …"


def header(text: str, length: int) -> str:
    """Make text safe for a header: one line, cut, and nothing that reads as an encoded word.

    Python before 3.11.10 decodes encoded words in a header's value and may then write the line
    breaks it finds in them (CVE-2024-6923).
    """
    return clip(line(text).replace("=?", "= ?"), length)


def flow(text: str) -> str:
    """Break the lines of a letter's text at 78 columns; words that are longer stay whole."""
    broken = [part for row in text.splitlines() for part in _broken(row.rstrip())]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(broken)).strip()
    return joined.replace(GLUE, " ") + "\n"


def _broken(row: str) -> list[str]:
    if len(row) <= WIDTH:
        return [row]
    rows = textwrap.wrap(
        _LONG_WORD.sub(lambda word: f"{word[0]} ", row),
        WIDTH,
        subsequent_indent=_hanging(row),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [_TRAILING_DOT.sub("", broken) for broken in rows]


def _hanging(row: str) -> str:
    if row.startswith("> "):
        return "> "
    if _LABELLED.match(row):
        return " " * 6
    start = _HANGING.match(row)
    return " " * (start.end() if start else 0)

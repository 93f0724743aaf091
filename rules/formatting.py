"""The forms in which people read dates, times, counts and quoted text, on every edge alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SMALL_NUMBERS = tuple("no one two three four five six seven eight nine ten".split())
ELLIPSIS = " …"
MAX_QUOTE_LENGTH = 300


def format_date(day: date) -> str:
    """Format a date in full: “Friday 13 March 2026”."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def format_short_date(day: date) -> str:
    """Format a date for a table or a narrow place: “13 Mar 2026”."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def format_time(at: datetime, zone: tzinfo) -> str:
    """Format a time in full, in a time zone: “Friday 13 March 2026, 14:00 (Europe/Berlin)”."""
    local = at.astimezone(zone)
    return f"{format_date(local)}, {local:%H:%M} ({get_zone_name(zone)})"


def format_short_time(at: datetime, zone: tzinfo) -> str:
    """Format a time for a table or a narrow place: “13 Mar 2026, 14:00 UTC”."""
    local = at.astimezone(zone)
    return f"{format_short_date(local)}, {local:%H:%M} {get_zone_name(zone)}"


def get_zone_name(zone: tzinfo) -> str:
    """Return the name of a time zone."""
    return getattr(zone, "key", "UTC")


def format_distance(days: int) -> str:
    """Format a number of days from today: “tomorrow”, “in 3 days”, “2 days ago”."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Format a count with its noun: “1 review”, “2 reviews”."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def format_number(number: int) -> str:
    """Format a number; small ones as a word."""
    return SMALL_NUMBERS[number] if number < len(SMALL_NUMBERS) else str(number)


def join_words(words: Sequence[str], conjunction: str = "and") -> str:
    """Join words to a list: “A1, A2 and A3”."""
    *others, last = words or ("",)
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def join_lines(text: str) -> str:
    """Join the lines of a text to one, with single spaces."""
    return " ".join(text.split())


def truncate(text: str, length: int) -> str:
    """Return a text of at most `length` characters, cut at a word and ended by an ellipsis."""
    text = text.strip()
    if len(text) <= length:
        return text
    room = max(length - len(ELLIPSIS), 0)
    head = text[:room]
    if not text[room].isspace() and len(head.split()) > 1:
        head = head.rsplit(None, 1)[0]
    return f"{head.rstrip()}{ELLIPSIS}"


def quote(text: str, length: int = MAX_QUOTE_LENGTH) -> str:
    """Format text as a quotation on one line, without its last full stop."""
    return f"“{truncate(join_lines(text), length).rstrip('.')}”"


def end_sentence(text: str) -> str:
    """Return a text ended as a sentence: by its own “?”, “!” or “…”, or by one full stop."""
    ended = text.rstrip().rstrip(".")
    return ended if ended.rstrip("”’\"')").endswith(("?", "!", "…")) else f"{ended}."


def format_item(text: str, item_id: str) -> str:
    """Format an action or a cause by its text and id: “Add a rate limit” (A2)."""
    return f"{quote(text)} ({item_id})"

"""Dates and times as people type them: “next Friday”, “tomorrow 2pm”, “4 January 2027 14:00”."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from rules.formatting import WEEKDAYS, format_date
from rules.replies.dates import ParsedDate, UnclearDate, parse_date
from rules.replies.dates.date_words import COUNT, DAY, parse_number, parse_weekday

HOURS_OF_HALF_DAY = 12
_CLOCK = (
    r"(?:(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::\d{2})?\s{0,9}(?P<half>[ap]\.?m\b\.?)?"
    r"|\s{0,9}(?P<bare_half>[ap]\.?m\b\.?)|h|\s{0,9}o['’]clock)|(?P<name>noon|midday|midnight))"
)
_ZONE = r"(?:\s{0,9}(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Za-z_]+/[A-Za-z_/+-]+))?"
_CLOCK_LAST = re.compile(
    rf"^(?P<day>.{{0,200}}?)[\s,]{{0,20}}(?:\b(?:at|around)\s+|@\s*)?{_CLOCK}{_ZONE}$",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(rf"^(?:at\s+)?{_CLOCK}{_ZONE}[\s,]+(?:on\s+)?(?P<day>.+)$", re.IGNORECASE)
_BARE_HOUR = re.compile(r"\bat\s+(?P<hour>\d{1,2})$", re.IGNORECASE)
_DISTANCE = re.compile(
    rf"^(?:(?P<ahead>in)\s+)?(?P<count>{COUNT}|half\s+an)\s+(?P<unit>minute|hour)s?"
    r"(?:\s+(?P<ago>ago))?$",
    re.IGNORECASE,
)
_PAST_DAY = re.compile(
    rf"^(?:(?P<yesterday>yesterday)|last\s+(?P<weekday>{DAY})"
    rf"|(?P<count>{COUNT})\s+(?P<unit>day|week)s?\s+ago)$",
    re.IGNORECASE,
)
NOON = time(12)


def parse_typed_date(text: str, today: date) -> date:
    """Parse a date as people type it. Raises ValueError that says what is unclear."""
    words = text.strip()
    try:
        return date.fromisoformat(words)
    except ValueError:
        return _parse_day(words, today)


def parse_typed_time(text: str, now: datetime) -> datetime:
    """Parse a day and a time of day as people type them; `now` is aware, in the reader's zone.

    The result has a zone only where the text names one, or is counted from now. Raises ValueError
    that says what is unclear, empty where the text is no time at all.
    """
    words = " ".join(text.split())
    if iso_time := _parse_iso_time(words):
        return iso_time
    if words.lower() == "now":
        return now
    if match := _DISTANCE.match(words):
        return _resolve_distance(match, now)
    if match := _BARE_HOUR.search(words):
        words = f"{words[: match.start()]}at {_complete_hour(int(match['hour']))}"
    match = _CLOCK_LAST.match(words) or _CLOCK_FIRST.match(words)
    if match is None:
        raise ValueError
    zone = _parse_zone(match["zone"] or "")
    if not match["day"].strip(" ,"):
        raise ValueError("Which day do you mean?")
    today = (now.astimezone(zone) if zone else now).date()
    return datetime.combine(
        _parse_day(match["day"].strip(" ,"), today), _parse_clock(match), tzinfo=zone
    )


def format_reading(reading: date, zone: tzinfo | None) -> str:
    """Format what a typed text was read as: “Tuesday 3 March 2026, 14:00 (CET)”.

    A time without a zone is in `zone`, or else in that of this machine.
    """
    if not isinstance(reading, datetime):
        return format_date(reading)
    if reading.tzinfo is None:
        reading = reading.replace(tzinfo=zone) if zone else reading.astimezone()
    return f"{format_date(reading)}, {reading:%H:%M} ({reading.tzname()})"


def _parse_iso_time(words: str) -> datetime | None:
    day, _, clock_time = words.replace("T", " ", 1).partition(" ")
    try:
        return datetime.fromisoformat(f"{day} {clock_time}") if ":" in clock_time else None
    except ValueError:
        return None


def _parse_day(words: str, today: date) -> date:
    if match := _PAST_DAY.match(words):
        return _resolve_past_day(match, today)
    parsed = parse_date(words, today, allows_past=True)
    if isinstance(parsed, UnclearDate):
        raise ValueError(parsed.question)  # noqa: TRY004  (an unclear value, not a wrong type)
    if not isinstance(parsed, ParsedDate) or parsed.rest.strip(" .,"):
        raise ValueError
    return parsed.value


def _resolve_past_day(match: re.Match[str], today: date) -> date:
    if match["yesterday"]:
        return today - timedelta(days=1)
    if match["weekday"]:
        days = (today.weekday() - parse_weekday(match["weekday"])) % len(WEEKDAYS)
        return today - timedelta(days=days or len(WEEKDAYS))
    days = len(WEEKDAYS) if match["unit"].lower() == "week" else 1
    return today - timedelta(days=days * parse_number(match["count"]))


def _resolve_distance(match: re.Match[str], now: datetime) -> datetime:
    if bool(match["ahead"]) == bool(match["ago"]):
        raise ValueError("Do you mean that long ago, or in that time?")
    is_half = match["count"].lower().startswith("half")
    unit_minutes = 60 if match["unit"].lower() == "hour" else 1
    minutes = unit_minutes / 2 if is_half else unit_minutes * parse_number(match["count"])
    distance = timedelta(minutes=minutes)
    return (now - distance if match["ago"] else now + distance).replace(second=0, microsecond=0)


def _complete_hour(hour: int) -> str:
    """Return an hour without minutes as it is, or ask which half of the day is meant."""
    if hour <= HOURS_OF_HALF_DAY:
        raise ValueError(f"Is that {hour}am or {hour}pm?")
    return f"{hour}:00"


def _parse_clock(match: re.Match[str]) -> time:
    if match["name"] and match["name"].lower() == "midnight":
        raise ValueError("Is that the midnight before or after it? Write 0:00 or 23:59.")
    if match["name"]:
        return NOON
    hour, half = int(match["hour"]), (match["half"] or match["bare_half"] or "")[:1].lower()
    if half and not 1 <= hour <= HOURS_OF_HALF_DAY:
        raise ValueError(f"There is no hour {hour} {half}m.")
    if half:
        hour = hour % HOURS_OF_HALF_DAY + (HOURS_OF_HALF_DAY if half == "p" else 0)
    try:
        return time(hour, int(match["minute"] or 0))
    except ValueError:
        raise ValueError(f"There is no {hour}:{match['minute'] or '00'} on any day.") from None


def _parse_zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    if not name:
        return None
    if name.upper() in ("Z", "UTC", "GMT"):
        return ZoneInfo("UTC")
    if name[0] in "+-":
        return datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"There is no time zone “{name}”; write it like Europe/Berlin.") from None

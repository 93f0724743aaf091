"""Parse the times of a timeline, in the forms and zones people write, and convert them to UTC."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_OFFSETS = {
    **dict.fromkeys(("utc", "gmt", "z", "wet"), 0.0),
    **dict.fromkeys(("bst", "cet", "west"), 1.0),
    **dict.fromkeys(("cest", "eet", "sast"), 2.0),
    **dict.fromkeys(("eest", "msk"), 3.0),
    "ist": 5.5,
    "sgt": 8.0,
    "hkt": 8.0,
    "awst": 8.0,
    "jst": 9.0,
    "kst": 9.0,
    "aest": 10.0,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "edt": -4.0,
    "est": -5.0,
    "cdt": -5.0,
    "cst": -6.0,
    "mdt": -6.0,
    "mst": -7.0,
    "pdt": -7.0,
    "pst": -8.0,
}
"""Hours ahead of UTC, as operators use the abbreviations: BST is British, IST Indian time."""

ZONE_NAMES = {
    **dict.fromkeys(("pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("ct", "central"), "America/Chicago"),
    **dict.fromkeys(("et", "eastern"), "America/New_York"),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MIDNIGHT_GAP = timedelta(hours=6)
"""A time earlier than the entry before by more than this is on the next day; else unsorted."""

ONE_DAY = timedelta(days=1)
NOON = 12
MAX_SCANNED_LENGTH = 20_000
"""Number of characters of a document that are searched for its date."""

EARLIEST_YEAR = 1990
"""The earliest plausible year of an incident; an older figure is not a year."""

HEAD_LENGTH = 80
"""Number of characters at the beginning of an entry that are searched for its time."""

_MONTH_NAMES = "|".join((*(m.capitalize() for m in MONTHS), *(m.upper() for m in MONTHS)))
_MONTH = rf"(?P<{{}}>(?-i:{_MONTH_NAMES}))[a-z]{{{{0,6}}}}\.?"
_DATE = (
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH.format('m2')}(?:,? (?P<y2>\d{{4}}))?"
    rf"|{_MONTH.format('m3')} (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>\d{{4}}))?"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4}))"
)
_ZONE_ABBREVIATIONS = "|".join(
    sorted((z.upper() for z in (*ZONE_OFFSETS, *ZONE_NAMES)), key=len, reverse=True)
)
_ZONE = (
    r"(?P<ahead>(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?)|(?P<off>[+-]\d{2}:?\d{2})|(?P<name>[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
    rf"|(?P<abbr>(?-i:{_ZONE_ABBREVIATIONS}|utc|gmt|Pacific|Mountain|Central|Eastern))\b"
)
DATE = re.compile(rf"\b{_DATE}", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d:.+-])(?P<h>[01]?\d|2[0-3])(?:[:h](?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?|\s?(?P<half2>[ap])\.?m\b\.?)(?![\d%])",
    re.IGNORECASE,
)
SPAN = re.compile(r"\s?(?:[-–—]|to|until)\s?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
ZONE = re.compile(rf"[\s(]{{0,2}}(?:{_ZONE})", re.IGNORECASE)
ZONE_MENTION = re.compile(rf"(?:^|[\s(:,])(?:{_ZONE})", re.IGNORECASE)
_ISO_T = re.compile(r"(?<=\d)T(?=\d\d:)")


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
    it. `heading` may name the zone for entries that name none (else UTC).
    """
    reader = _TimelineReader(ended, _parse_zone(ZONE_MENTION.search(heading)) or UTC)
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
        head = _ISO_T.sub(" ", entry[:HEAD_LENGTH])
        stated_day = _parse_day(DATE.search(head), self.ended)
        remainder = DATE.sub(" ", head, count=1) if stated_day else head
        clock = CLOCK.search(remainder)
        self.day = stated_day or self.day
        self.is_dated = self.is_dated or stated_day is not None
        if clock is None:
            self.zone = (
                _parse_zone(ZONE_MENTION.search(remainder)) if stated_day else None
            ) or self.zone
            return None
        self.zone = _find_zone_after(remainder, clock.end()) or self.zone
        self.previous = self._combine_with_day(_parse_time(clock), has_date=stated_day is not None)
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


def _find_zone_after(text: str, end: int) -> tzinfo | None:
    """Return the zone stated after a time, or after the two times of a span."""
    span = SPAN.match(text, end)
    return _parse_zone(ZONE.match(text, span.end() if span else end))


def find_date(text: str) -> date | None:
    """Return the first date with a year in a text; None if there is none."""
    for match in DATE.finditer(text[:MAX_SCANNED_LENGTH]):
        groups = match.groupdict()
        if groups["y"] or groups["y2"] or groups["y3"] or groups["y4"]:
            day = _parse_day(match, datetime.max.replace(tzinfo=UTC))
            if day is not None and day.year > EARLIEST_YEAR:
                return day
    return None


def _parse_day(match: re.Match[str] | None, ended: datetime) -> date | None:
    if match is None:
        return None
    groups = match.groupdict()
    year = groups["y"] or groups["y2"] or groups["y3"] or groups["y4"]
    month = groups["m"] or groups["m2"] or groups["m3"] or groups["m4"]
    number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
    try:
        day = date(int(year or ended.year), number, int(_get_day_number(groups)))
        is_ahead = not year and day > ended.date() + ONE_DAY
        return day.replace(year=day.year - 1) if is_ahead else day
    except ValueError:
        return None


def _get_day_number(groups: dict[str, str]) -> str:
    return groups["d"] or groups["d2"] or groups["d3"] or groups["d4"]


def _parse_time(match: re.Match[str]) -> time:
    half = (match["half"] or match["half2"] or "").lower()
    hour = int(match["h"])
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return time(hour, int(match["min"] or 0), int(match["s"] or 0))


def _parse_zone(match: re.Match[str] | None) -> tzinfo | None:
    if match is None:
        return None
    if ahead := match["ahead"]:
        digits = re.sub(r"\D", "", ahead)
        hours, minutes = digits[: -2 if len(digits) > len("12") else None], digits[len("12") :][-2:]
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-span if "-" in ahead else span) if span < ONE_DAY else None
    if offset := match["off"]:
        span = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        return timezone(-span if offset[0] == "-" else span) if span < ONE_DAY else None
    name = match["name"] or ZONE_NAMES.get(match["abbr"].lower(), "")
    if not name:
        return timezone(timedelta(hours=ZONE_OFFSETS[match["abbr"].lower()]))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None

"""The times of a timeline, in the forms and zones people write, resolved to moments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOURS = {
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
"""Hours ahead of UTC, as operations people mean the letters: BST is British, IST Indian time."""

PLACES = {
    **dict.fromkeys(("pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("ct", "central"), "America/Chicago"),
    **dict.fromkeys(("et", "eastern"), "America/New_York"),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PAST_MIDNIGHT = timedelta(hours=6)
"""A clock that falls back by more than this has passed midnight; by less, somebody sorted badly."""

A_DAY = timedelta(days=1)
NOON = 12
LONGEST = 20_000
"""Characters of a document in which its day is looked for."""

EARLIEST = 1990
"""Older than any incident of ours: such a year is a figure of something else."""

HEAD = 80
"""Characters at the beginning of an entry in which its time stands."""

_NAMED = "|".join((*(m.capitalize() for m in MONTHS), *(m.upper() for m in MONTHS)))
_MONTH = rf"(?P<{{}}>(?-i:{_NAMED}))[a-z]{{{{0,6}}}}\.?"
_DATE = (
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH.format('m2')}(?:,? (?P<y2>\d{{4}}))?"
    rf"|{_MONTH.format('m3')} (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>\d{{4}}))?"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4}))"
)
_LETTERS = "|".join(sorted((z.upper() for z in (*HOURS, *PLACES)), key=len, reverse=True))
_ZONE = (
    r"(?P<ahead>(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?)|(?P<off>[+-]\d{2}:?\d{2})|(?P<name>[A-Z][a-z]+/[A-Z][A-Za-z_]+)"
    rf"|(?P<abbr>(?-i:{_LETTERS}|utc|gmt|Pacific|Mountain|Central|Eastern))\b"
)
DATE = re.compile(rf"\b{_DATE}", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d:.+-])(?P<h>[01]?\d|2[0-3])(?:[:h](?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?|\s?(?P<half2>[ap])\.?m\b\.?)(?![\d%])",
    re.IGNORECASE,
)
SPAN = re.compile(r"\s?(?:[-–—]|to|until)\s?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
ZONE = re.compile(rf"[\s(]{{0,2}}(?:{_ZONE})", re.IGNORECASE)
NAMED = re.compile(rf"(?:^|[\s(:,])(?:{_ZONE})", re.IGNORECASE)
_ISO_T = re.compile(r"(?<=\d)T(?=\d\d:)")


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a timeline, whole, and when it was, in UTC; None where it says no time."""

    text: str
    at: datetime | None = None


def moments(entries: Sequence[str], ended: datetime, heading: str = "") -> tuple[Moment, ...]:
    """Resolve the times of a timeline, in the order in which it tells them.

    `ended` is when the incident was over; the days of a timeline without dates are counted back
    from it. `heading` may name the zone that holds where an entry names none (else UTC does).
    """
    telling = _Telling(ended, _zone(NAMED.search(heading)) or UTC)
    told = [(entry, telling.take(entry)) for entry in entries]
    late = telling.days_late()
    return tuple(Moment(text, _in_utc(at, late)) for text, at in told)


@dataclass(slots=True)
class _Telling:
    """How far a timeline has been told: its day, its zone, and the time before."""

    ended: datetime
    zone: tzinfo
    day: date | None = None
    before: datetime | None = None
    is_dated: bool = False

    def take(self, entry: str) -> datetime | None:
        """Read the next entry's time; None where it says none."""
        head = _ISO_T.sub(" ", entry[:HEAD])
        dated = _day(DATE.search(head), self.ended)
        rest = DATE.sub(" ", head, count=1) if dated else head
        clock = CLOCK.search(rest)
        self.day = dated or self.day
        self.is_dated = self.is_dated or dated is not None
        if clock is None:
            self.zone = (_zone(NAMED.search(rest)) if dated else None) or self.zone
            return None
        self.zone = _zone_after(rest, clock.end()) or self.zone
        self.before = self._after_midnight(_time(clock), is_sure=dated is not None)
        return self.before

    def _after_midnight(self, clock: time, *, is_sure: bool) -> datetime:
        """Put a time on its day; one that falls back far, and has no date, is of the next."""
        self.day = self.day or self.ended.date()
        at = datetime.combine(self.day, clock, self.zone)
        falls_back = self.before is not None and self.before - at > PAST_MIDNIGHT
        if falls_back and not is_sure and self.day < date.max:
            self.day += A_DAY
            at += A_DAY
        return at

    def days_late(self) -> timedelta:
        """Give the days by which a timeline without dates runs past the end of the incident."""
        late = timedelta(0)
        while not self.is_dated and self.before and self.before - late > self.ended + PAST_MIDNIGHT:
            late += A_DAY
        return late


def _in_utc(at: datetime | None, late: timedelta) -> datetime | None:
    try:
        return (at - late).astimezone(UTC) if at else None
    except OverflowError:
        return None


def _zone_after(text: str, end: int) -> tzinfo | None:
    """Read the zone behind a time, or behind the two times of a span."""
    span = SPAN.match(text, end)
    return _zone(ZONE.match(text, span.end() if span else end))


def dated(text: str) -> date | None:
    """Give the first day that a text says with its year; None where it says none."""
    for found in DATE.finditer(text[:LONGEST]):
        said = found.groupdict()
        if said["y"] or said["y2"] or said["y3"] or said["y4"]:
            day = _day(found, datetime.max.replace(tzinfo=UTC))
            if day is not None and day.year > EARLIEST:
                return day
    return None


def _day(found: re.Match[str] | None, ended: datetime) -> date | None:
    if found is None:
        return None
    said = found.groupdict()
    year = said["y"] or said["y2"] or said["y3"] or said["y4"]
    month = said["m"] or said["m2"] or said["m3"] or said["m4"]
    number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
    try:
        day = date(int(year or ended.year), number, int(_of_day(said)))
        is_ahead = not year and day > ended.date() + A_DAY
        return day.replace(year=day.year - 1) if is_ahead else day
    except ValueError:
        return None


def _of_day(said: dict[str, str]) -> str:
    return said["d"] or said["d2"] or said["d3"] or said["d4"]


def _time(found: re.Match[str]) -> time:
    half = (found["half"] or found["half2"] or "").lower()
    hour = int(found["h"])
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return time(hour, int(found["min"] or 0), int(found["s"] or 0))


def _zone(found: re.Match[str] | None) -> tzinfo | None:
    if found is None:
        return None
    if ahead := found["ahead"]:
        digits = re.sub(r"\D", "", ahead)
        hours, minutes = digits[: -2 if len(digits) > len("12") else None], digits[len("12") :][-2:]
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-span if "-" in ahead else span) if span < A_DAY else None
    if offset := found["off"]:
        span = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        return timezone(-span if offset[0] == "-" else span) if span < A_DAY else None
    name = found["name"] or PLACES.get(found["abbr"].lower(), "")
    if not name:
        return timezone(timedelta(hours=HOURS[found["abbr"].lower()]))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None

"""The forms in which people write a date, a time of day and a time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_OFFSETS = {
    **dict.fromkeys(("utc", "gmt", "z", "wet"), 0.0),
    **dict.fromkeys(("bst", "cet", "mez", "west"), 1.0),
    **dict.fromkeys(("cest", "mesz", "eet", "sast"), 2.0),
    **dict.fromkeys(("eest", "msk", "trt"), 3.0),
    "gst": 4.0,
    "pkt": 5.0,
    "ist": 5.5,
    **dict.fromkeys(("ict", "wib"), 7.0),
    **dict.fromkeys(("sgt", "hkt", "awst", "myt", "pht"), 8.0),
    **dict.fromkeys(("jst", "kst"), 9.0),
    "acst": 9.5,
    "aest": 10.0,
    "acdt": 10.5,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "ndt": -2.5,
    **dict.fromkeys(("adt", "brt"), -3.0),
    "edt": -4.0,
    "est": -5.0,
    "cdt": -5.0,
    "cst": -6.0,
    "mdt": -6.0,
    "mst": -7.0,
    "pdt": -7.0,
    "pst": -8.0,
    "hst": -10.0,
}
"""Hours ahead of UTC, as operators use the abbreviations: BST is British, IST Indian time."""

ZONE_NAMES = {
    **dict.fromkeys(("pt", "pacific", "pst/pdt", "pdt/pst"), "America/Los_Angeles"),
    **dict.fromkeys(("mt", "mountain", "mst/mdt", "mdt/mst"), "America/Denver"),
    **dict.fromkeys(("ct", "central", "cst/cdt", "cdt/cst"), "America/Chicago"),
    **dict.fromkeys(("et", "eastern", "est/edt", "edt/est"), "America/New_York"),
    **dict.fromkeys(("cet/cest", "cest/cet", "mez/mesz", "central european"), "Europe/Berlin"),
    **dict.fromkeys(("eet/eest", "eest/eet", "eastern european"), "Europe/Helsinki"),
    **dict.fromkeys(("gmt/bst", "bst/gmt", "uk time", "british", "london"), "Europe/London"),
    **dict.fromkeys(("coordinated universal", "zulu"), "UTC"),
    "indian standard": "Asia/Kolkata",
    "japan standard": "Asia/Tokyo",
    "berlin": "Europe/Berlin",
}
"""Zones that change with the season, and zones in words; a city only before “time”."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HEAD_LENGTH = 80
"""Number of characters at the beginning of an entry that are searched for its time."""

PLAIN_LEADS = frozenset({"at", "on", "um"})
"""Words before a time that say nothing more than the time does."""

MAX_LEAD_LENGTH = 6
"""Number of marks and blanks before the time of an entry."""

ONE_DAY = timedelta(days=1)
NOON = 12

_MONTH_NAMES = "|".join((*(m.capitalize() for m in MONTHS), *(m.upper() for m in MONTHS)))
_MONTH = rf"(?P<{{}}>(?-i:{_MONTH_NAMES}))[a-z]{{{{0,6}}}}\.?"
_DATE = (
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH.format('m2')}(?:(?:,? |-)(?P<y2>\d{{4}}))?"
    rf"|{_MONTH.format('m3')} (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>\d{{4}}))?"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4}))"
)
_IN_WORDS = {"berlin", "london", "british", "zulu"}
_ABBREVIATIONS = sorted(
    (
        z.upper()
        for z in (*ZONE_OFFSETS, *ZONE_NAMES)
        if z.replace("/", "").isalpha() and z not in _IN_WORDS
    ),
    key=len,
    reverse=True,
)
_ABBREVIATION = "|".join(_ABBREVIATIONS)
_ZONE = (
    r"(?P<ahead>(?:UTC|GMT)\s?[+−-]\d{1,2}(?::?\d{2})?)|(?P<off>[+−-]\d{2}:?\d{2})"
    r"|(?P<name>(?-i:[A-Z][a-z]+/[A-Z][A-Za-z_]+))"
    r"|(?P<words>(?:central european|eastern european|coordinated universal|indian standard"
    r"|japan standard|berlin|london|british|zulu|uk)(?=(?: summer| standard)? time\b))"
    rf"|(?P<abbr>(?-i:{_ABBREVIATION}|utc|gmt|Pacific|Mountain|Central|Eastern))\b"
)
DATE = re.compile(rf"\b{_DATE}", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d:.+-])(?:(?P<h>[01]?\d|2[0-3])(?:(?:[:h]|\sh\s)(?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?|\.(?P<min2>[0-5]\d)\s?(?:(?P<half3>[ap])\.?m\b\.?|uhr\b"
    r"|(?=[-–—]\s?\d\d?\.\d\d\s?uhr\b))"
    r"|\s?(?P<half2>[ap])\.?m\b\.?|\s?uhr\b)"
    r"|(?:(?<=^)|(?<=\bkl )|(?<=\bkl\. )|(?<=\bklo ))(?P<h3>[01]\d|2[0-3])"
    r"(?:\.(?P<min4>[0-5]\d)(?=\s)|(?P<min5>[0-5]\d)(?= \|))"
    r"|(?P<h2>[01]\d|2[0-3])(?P<min3>[0-5]\d)"
    r"(?=\s?(?:hrs?\b|hours?\b(?! (?:of|later|ago|after|before)\b)|h\b|uhr\b"
    rf"|(?-i:Z\b|{_ABBREVIATION})\b)))(?![\d%])",
    re.IGNORECASE,
)
_CLOCK_UNIT = re.compile(r"\s?(?:hrs?|hours?|h|uhr)\b\.?", re.IGNORECASE)
SPAN = re.compile(
    r"\s?(?:[-–—]|to|until|bis)\s?(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?|\.?[0-5]\d)"
)
ZONE = re.compile(rf"[\s(\[|]{{0,3}}(?:{_ZONE})", re.IGNORECASE)
ZONE_MENTION = re.compile(rf"(?:^|[\s(\[:,/])(?:{_ZONE})", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"^\W{0,4}(?:at|around|about|approx\.?|ca\.?|um|gegen|klo?\.?|à)\s+", re.IGNORECASE
)
ISO_T = re.compile(r"(?<=\d)T(?=\d\d:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeParts:
    """The parts of an entry of a timeline, as written; `at` is None where it states no time.

    `lead` are words before the time, such as “about”.
    """

    event: str
    lead: str = ""
    day: str = ""
    clock: str = ""
    at: time | None = None
    zone: str = ""


def parse_day(match: re.Match[str] | None, ended: datetime) -> date | None:
    """Return the day of a match of DATE; without a year the last one up to `ended`."""
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


def parse_clock(match: re.Match[str]) -> time:
    """Return the time of day of a match of CLOCK."""
    half = (match["half"] or match["half2"] or match["half3"] or "").lower()
    hour = int(match["h"] or match["h2"] or match["h3"])
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    minute = match["min"] or match["min2"] or match["min3"] or match["min4"] or match["min5"] or 0
    return time(hour, int(minute), int(match["s"] or 0))


def parse_zone(match: re.Match[str] | None) -> tzinfo | None:
    """Return the zone of a match of ZONE or ZONE_MENTION; None if there is no such zone."""
    if match is None:
        return None
    if ahead := match["ahead"]:
        digits = re.sub(r"\D", "", ahead)
        has_minutes = len(digits) > len("12")
        hours, minutes = (digits[:-2], digits[-2:]) if has_minutes else (digits, "0")
        return _build_offset(int(hours), int(minutes), is_behind=not ahead.count("+"))
    if offset := match["off"]:
        return _build_offset(int(offset[1:3]), int(offset[-2:]), is_behind=offset[0] != "+")
    word = (match["abbr"] or match["words"] or "").lower()
    name = match["name"] or ZONE_NAMES.get(word, ZONE_NAMES.get(f"{word} time", ""))
    if not name:
        return timezone(timedelta(hours=ZONE_OFFSETS[word]))
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def find_zone(text: str) -> tzinfo | None:
    """Find the first zone that a text mentions; None if it mentions none."""
    zones = (parse_zone(match) for match in ZONE_MENTION.finditer(text))
    return next((zone for zone in zones if zone is not None), None)


def find_zone_after(text: str, end: int) -> tzinfo | None:
    """Find the zone stated after a time that ends at `end`, or after the two times of a span."""
    return parse_zone(ZONE.match(text, _skip_clock(text, end)))


def split_time(entry: str) -> TimeParts:
    """Split an entry of a timeline into its day, its time, its zone and what happened."""
    head = ISO_T.sub(" ", entry[:HEAD_LENGTH])
    day = DATE.search(head)
    head = f"{head[: day.start()]}{' ' * len(day[0])}{head[day.end() :]}" if day else head
    clock = CLOCK.search(head)
    if clock is None:
        return TimeParts(event=entry)
    end = _skip_clock(head, clock.end())
    zone = ZONE.match(head, end)
    words = zone[0].strip(" (|[") if zone else ""
    lead = head[: clock.start()].strip(" \t–—-:|)]*_,(")
    return TimeParts(
        lead=lead if lead[:1].isalpha() and lead.lower() not in PLAIN_LEADS else "",
        day=day[0] if day and day.end() <= clock.start() else "",
        clock=entry[clock.start() : end].strip(),
        at=parse_clock(clock),
        zone=words,
        event=entry[zone.end() if zone else end :].lstrip(" \t–—-:|)]*_,"),
    )


def begins_with_time(text: str) -> bool:
    """Return whether a text begins with a time of day, after its day at most."""
    parts = split_time(text)
    if parts.at is None:
        return False
    before = _PREPOSITION.sub("", text[: text.index(parts.clock)].replace(parts.day, "", 1))
    return len(before) <= MAX_LEAD_LENGTH and not any(character.isalnum() for character in before)


def _skip_clock(text: str, end: int) -> int:
    """Return where a time ends that goes on with its unit, or to the end of a span."""
    for pattern in (_CLOCK_UNIT, SPAN, _CLOCK_UNIT):
        if match := pattern.match(text, end):
            end = match.end()
    return end


def _build_offset(hours: int, minutes: int, *, is_behind: bool) -> tzinfo | None:
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if is_behind else span) if span < ONE_DAY else None


def _get_day_number(groups: dict[str, str]) -> str:
    return groups["d"] or groups["d2"] or groups["d3"] or groups["d4"]

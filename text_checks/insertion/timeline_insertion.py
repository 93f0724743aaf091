"""Insert entries into the timeline of a document: in the order of time, in its own form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate

from models.document import Section
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.table_columns import format_row
from text_checks.parsing.table_headers import PlacedBlock
from text_checks.timeline.entry_times import find_stated_zone, parse_timeline
from text_checks.timeline.time_forms import DATE, HEAD_LENGTH, TimeParts, find_zone, split_time

ASSUMED_END = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
"""An end for timelines without dates: it sets no entry apart from another."""

ONE_DAY = timedelta(days=1)
MAX_DAYS = 14
"""Number of days over which the days of two timelines are compared."""

_TIME_COLUMN = re.compile(r"time|when|date|clock|zeit", re.IGNORECASE)
_EVENT_COLUMN = re.compile(r"event|what|descri|detail|happen|entry|note|action", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineInsertion:
    """Lines to insert below the line `after`, counted from 1."""

    after: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to insert: its text, its lines without a list mark, and those that belong to it."""

    text: str
    lines: tuple[str, ...]
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The timeline of a document.

    `ends` are the times of its entries, each with the last line of what belongs to it, and
    `earliest` the earliest time of each entry and those below it; `first` is
    the line on which they begin; `names` are the columns of its table; `zone_name` is the zone as
    each entry states it, "" where the heading or nothing does; `marker` is that of a list.
    """

    ends: tuple[tuple[datetime, int], ...]
    earliest: tuple[datetime, ...]
    latest: datetime | None
    first: int
    names: tuple[str, ...]
    zone: tzinfo
    zone_name: str
    marker: str


def insert_entries(
    document: Sequence[PlacedBlock], entries: Sequence[NewEntry], heading: str = ""
) -> list[LineInsertion] | None:
    """Return where entries go into the timeline of a document, as they are written there.

    `heading` names the zone of the entries, if another than the document's. None where the document
    has no timeline to go into.
    """
    timeline = _read_timeline(document)
    if timeline is None:
        return None
    zone_text = f"{heading}\n{_join_zone_texts(document)}"
    moments = _parse_times([entry.text for entry in entries], zone_text)
    placed = [
        (_fit_day(entry.text, at, timeline), entry)
        for entry, at in zip(entries, moments, strict=True)
    ]
    placed.sort(key=lambda pair: pair[0] or datetime.max.replace(tzinfo=UTC))
    return [
        LineInsertion(_find_line(timeline, at), _format_entry(entry, at, timeline))
        for at, entry in placed
    ]


def _parse_times(entries: Sequence[str], zone_text: str) -> list[datetime | None]:
    """Return the times of entries; a zone holds for those below only if the first one states it."""
    groups = [entries] if split_time(entries[0]).zone else [[entry] for entry in entries]
    moments = (parse_timeline(group, ASSUMED_END, zone_text) for group in groups)
    return [moment.at for group in moments for moment in group]


def _read_timeline(document: Sequence[PlacedBlock]) -> _Timeline | None:
    own = [(block, names) for section, block, names in document if section is Section.TIMELINE]
    blocks = [block for block, _ in own if block.kind in ("item", "row", "paragraph")]
    header = next((block for block, _ in own if block.kind == "columns"), None)
    zone_text = _join_zone_texts(document)
    moments = parse_timeline([block.text for block in blocks], ASSUMED_END, zone_text)
    timed = [(block, moment.at) for block, moment in zip(blocks, moments, strict=True)]
    ends = tuple(_list_ends(timed))
    if not ends and header is None:
        return None
    first = next((block for block, at in timed if at), None)
    zone_name = _find_common_zone([block for block, at in timed if at])
    return _Timeline(
        ends=ends,
        earliest=tuple(accumulate((when for when, _ in reversed(ends)), min))[::-1],
        latest=max((when for when, _ in ends), default=None),
        first=first.line if first else header.end + 2 if header else 1,
        names=next((names for block, names in own if block is first), ())
        if first
        else header.cells
        if header
        else (),
        zone=find_zone(f" {zone_name}") or find_zone(zone_text) or UTC,
        zone_name=zone_name,
        marker=_find_marker(first),
    )


def _list_ends(
    timed: Sequence[tuple[MarkdownBlock, datetime | None]],
) -> Iterator[tuple[datetime, int]]:
    """Yield each time with the last line of its entry, and of what is indented below it."""
    current: tuple[datetime, int] | None = None
    depth = 0
    for block, at in timed:
        if at is not None:
            if current:
                yield current
            current, depth = (at, block.end), block.depth
        elif current and block.depth > depth:
            current = (current[0], block.end)
    if current:
        yield current


def _find_common_zone(blocks: Sequence[MarkdownBlock]) -> str:
    """Return the zone that each entry states itself, as the first does; "" where one does not."""
    zones = [split_time(block.text).zone for block in blocks]
    return zones[0] if zones and all(zones) else ""


def _find_marker(sample: MarkdownBlock | None) -> str:
    if sample is None or sample.kind != "item":
        return "- " if sample is None else ""
    return f"{' ' * sample.depth}{sample.marker}"


def _join_zone_texts(document: Sequence[PlacedBlock]) -> str:
    """Return the texts that name the zone of a document's timeline."""
    return "\n".join(
        block.text
        for section, block, _ in document
        if (section is Section.TIMELINE and block.kind in ("heading", "columns"))
        or (block.kind in ("paragraph", "item") and find_stated_zone(block.text))
    )


def _fit_day(entry: str, at: datetime | None, timeline: _Timeline) -> datetime | None:
    """Return a time without a date on that day on which it falls among the timeline's entries."""
    if at is None or timeline.latest is None or DATE.search(entry[:HEAD_LENGTH]):
        return at
    first, last = timeline.earliest[0], timeline.latest
    shift = (first.date() - at.date()).days
    length = min((last.date() - first.date()).days, MAX_DAYS)
    days = (at + day * ONE_DAY for day in range(shift - 1, shift + length + 2))
    return min(days, key=lambda when: max(first - when, when - last, timedelta(0)))


def _find_line(timeline: _Timeline, at: datetime | None) -> int:
    """Return the last line of the entry after which a time comes; that before all if none."""
    if at is None and timeline.ends:
        return timeline.ends[-1][1]
    place = bisect_right(timeline.earliest, at) if at else 0
    return timeline.ends[place - 1][1] if place else timeline.first - 1


def _format_entry(entry: NewEntry, at: datetime | None, timeline: _Timeline) -> tuple[str, ...]:
    """Format an entry as the timeline has its own: as a row, or with the same list mark."""
    parts = _convert_zone(split_time(entry.text), at, timeline)
    if timeline.names:
        event = "; ".join((parts.event, *(line.strip(" \t-*+•") for line in entry.below)))
        return (format_row(_fill_cells(timeline.names, replace(parts, event=event))),)
    lines = entry.lines
    if parts != split_time(entry.text):
        lines = (f"{_join_time(parts)} {parts.event}",)
    gap = () if timeline.marker else ("",)
    return (*gap, f"{timeline.marker}{lines[0]}", *lines[1:], *entry.below)


def _convert_zone(parts: TimeParts, at: datetime | None, timeline: _Timeline) -> TimeParts:
    """Return an entry with its time in the timeline's zone, named where the others name it."""
    if parts.at is None or at is None:
        return parts
    local = at.astimezone(timeline.zone)
    is_same = (local.hour, local.minute) == (parts.at.hour, parts.at.minute)
    if is_same and bool(parts.zone) == bool(timeline.zone_name):
        return parts
    clock = parts.clock if is_same else f"{local:%H:%M}"
    return replace(parts, clock=clock, zone=timeline.zone_name)


def _join_time(parts: TimeParts) -> str:
    return " ".join(part for part in (parts.day, parts.lead, parts.clock, parts.zone) if part)


def _fill_cells(names: Sequence[str], parts: TimeParts) -> list[str]:
    """Return the cells of a row: the time in the column of times, what happened in the next."""
    cells = [""] * len(names)
    time_column = _find_column(_TIME_COLUMN, names, taken=-1)
    event_column = _find_column(_EVENT_COLUMN, names, taken=time_column)
    cells[time_column] = _join_time(parts)
    cells[event_column] = f"{cells[event_column]} {parts.event}".strip()
    return cells


def _find_column(pattern: re.Pattern[str], names: Sequence[str], taken: int) -> int:
    """Return the first column that a pattern finds, or else the first one that is not taken."""
    free = [number for number in range(len(names)) if number != taken] or [0]
    return next((number for number in free if pattern.search(names[number])), free[0])

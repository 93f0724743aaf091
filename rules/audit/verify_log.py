"""Verify a log: against its own chain, and a review's against another copy of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from models.review import Event
from rules.audit import hash_chain
from rules.audit.hash_chain import ChainLine, replace_nul
from rules.formatting import format_count, join_words


class BreakKind(StrEnum):
    """How a line breaks a chain."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    UNCOVERED = "uncovered"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBreak:
    """Where a chain is broken: `place` says where it was read, `line` is the revision or number."""

    chain: str
    place: str
    line: int
    kind: BreakKind
    text: str


MAX_MOVED = 20
"""Among how many lines that do not fit it is looked for those that were only moved."""

LINE_FIELDS = tuple(field.name for field in fields(Event))


def verify_chain(chain: str, lines: Sequence[ChainLine], place: str) -> Iterator[ChainBreak]:
    """Yield each line of a log that does not fit the line before it, oldest first."""
    found = list(_find_breaks(chain, lines))
    misfits = [line for line, kind, _ in found if kind is BreakKind.CHANGED and line.link]
    for line, kind, text in found:
        origin = _find_origin(lines, line, misfits) if line in misfits else 0
        yield ChainBreak(
            chain=chain,
            place=place,
            line=line.number,
            kind=BreakKind.REORDERED if origin else kind,
            text=f"it was line {origin}, and was moved" if origin else text,
        )
    yield from _verify_cover(chain, lines, place)


def count_unlinked(lines: Sequence[ChainLine]) -> int:
    """Count the first lines of a log that are older than its chain, which nothing proves."""
    return next((index for index, line in enumerate(lines) if line.link), len(lines))


def compare_logs(
    review_id: str, log: Sequence[Event], truth: Sequence[Event], place: str, truth_place: str
) -> Iterator[ChainBreak]:
    """Yield each line of `log` that is not as in `truth`, and each that only one of them has."""
    ours, theirs = _index_lines(log), _index_lines(truth)
    last = max((line for line, _ in ours), default=0)
    for key in sorted(ours.keys() | theirs.keys()):
        found = _compare_lines(ours.get(key), theirs.get(key), last, truth_place)
        if found is not None:
            kind, text = found
            yield ChainBreak(chain=review_id, place=place, line=key[0], kind=kind, text=text)


def _index_lines(log: Sequence[Event]) -> dict[tuple[int, int], Event]:
    """Return the lines by revision, and by their number among those of the same revision."""
    lines: dict[tuple[int, int], Event] = {}
    for event in log:
        seq = next(n for n in range(len(log)) if (event.revision, n) not in lines)
        lines[event.revision, seq] = _store(event)
    return lines


def _store(event: Event) -> Event:
    """Return an event as a database returns it."""
    by, item, text = map(replace_nul, (event.by, event.item, event.text))
    return replace(event, by=by, item=item, text=text)


def _compare_lines(
    ours: Event | None, theirs: Event | None, last: int, truth_place: str
) -> tuple[BreakKind, str] | None:
    if ours == theirs:
        return None
    if ours is None and theirs is not None:
        kind = BreakKind.TRUNCATED if theirs.revision > last else BreakKind.REMOVED
        return kind, f"it is missing; {truth_place} has it"
    if theirs is None or ours is None:
        return BreakKind.INSERTED, f"{truth_place} has no such line"
    names = [name for name in LINE_FIELDS if getattr(ours, name) != getattr(theirs, name)]
    return BreakKind.CHANGED, f"{truth_place} has another {join_words(names)}"


def _find_breaks(
    chain: str, lines: Sequence[ChainLine]
) -> Iterator[tuple[ChainLine, BreakKind, str]]:
    last: ChainLine | None = None
    for line in lines:
        found = _find_break(chain, line, last)
        if found is not None:
            yield line, *found
        if found is None or found[0] is not BreakKind.INSERTED:
            last = line


def _find_break(
    chain: str, line: ChainLine, last: ChainLine | None
) -> tuple[BreakKind, str] | None:
    if last is not None and line.number == last.number and last.link:
        return BreakKind.INSERTED, "there are two lines of this number"
    missing = line.number - (last.number if last else 0) - 1
    if missing > 0:
        return BreakKind.REMOVED, f"{_format_missing(line.number, missing)} missing before it"
    if not line.link:
        is_older = last is None or not last.link
        return None if is_older else (BreakKind.CHANGED, "it has lost its link")
    previous = hash_chain.find_previous_link(chain, last, line)
    if hash_chain.compute_link(line, previous) == line.link:
        return None
    return BreakKind.CHANGED, "it, or the link of the line before it, was changed"


def _format_missing(number: int, missing: int) -> str:
    first, last = number - missing, number - 1
    return f"line {first} is" if first == last else f"lines {first} to {last} are"


def _find_origin(lines: Sequence[ChainLine], line: ChainLine, misfits: Sequence[ChainLine]) -> int:
    """Find where a line stood before it was moved, 0 where it was not moved."""
    if len(misfits) > MAX_MOVED:
        return 0
    for place in (misfit.number for misfit in misfits if misfit is not line):
        moved = replace(line, number=place)
        if any(hash_chain.compute_link(moved, other.link) == line.link for other in lines):
            return place
    return 0


def _verify_cover(chain: str, lines: Sequence[ChainLine], place: str) -> Iterator[ChainBreak]:
    """Yield a break where words were taken out, and no line that does so says so."""
    last = max((index for index, line in enumerate(lines) if line.covers), default=-1)
    if last >= 0 and hash_chain.compute_cover(lines[:last]) != lines[last].covers:
        text = "what it left of the lines from which it took something is not as it left it"
        yield ChainBreak(
            chain=chain, place=place, line=lines[last].number, kind=BreakKind.UNCOVERED, text=text
        )
    text = "something was taken out of it, and no later line says so"
    for line in lines[last + 1 :]:
        if line.is_taken_out:
            yield ChainBreak(
                chain=chain, place=place, line=line.number, kind=BreakKind.UNCOVERED, text=text
            )


def describe_unlinked(counts: Mapping[str, int]) -> str:
    """Return what to say of lines that are older than the chains, "" where there are none."""
    older = {name: count for name, count in counts.items() if count}
    if not older:
        return ""
    lines = format_count(sum(older.values()), "line")
    if len(older) > 1:
        return f"the first lines of {len(older)} logs ({lines}) are older than their chains"
    verb = "is" if sum(older.values()) == 1 else "are"
    return f"{next(iter(older))}: {lines} of its log {verb} older than its chain"

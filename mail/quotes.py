"""Tell what somebody newly wrote from what they quote: by our marker, headings and signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail import tongues
from mail.attributions import (
    LONGEST_HEADING,
    is_quoted_after,
    length_of_attribution,
    starts_marked,
)
from mail.marker import MARKER
from mail.rows import Row, text_of
from mail.signatures import closing, name_at_end, signature_at

ROWS_OF_HEADER = 8
NARROWEST = 50
WIDEST = 82
"""Columns between which programs break lines; ours end at 78, before they are quoted."""


_RULE = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*")
_SEPARATOR = re.compile(r"\s*(?:_{3,}|-{3,}|={3,}|\*{3,})\s*")
_STAMP = re.compile(r"\d{1,2}:\d{2}:\d{2} [+-]\d{4}|\d{4}.{1,6}\d{1,2}:\d{2}")
_UNFINISHED = re.compile(r"[^.!?:;)\]»”\"]\s*")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TITLED = re.compile(r"\s*[-_=*]{3,}\s*[^\s_=*-].{0,60}?\s*[-_=*]{3,}\s*")
"""“-------- Some words --------”, in whatever language."""

_LABEL = re.compile(r"[\s>*_]*([^\W\d_][\w .'’-]{0,24}?)[\s*_]*[:：][\s*_]*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A mail's text told apart: what somebody newly wrote, and the rest.

    `below` is what of the rest stands below our marker as if it were own words, as they do where
    somebody answers at the end of a letter that nothing marks as quoted.
    """

    own: str
    elided: str
    below: str = ""


def told(rows: list[Row], names: frozenset[str] = frozenset()) -> Told:
    """Tell own words from quotation, heading, signature and marker.

    `names` are the words of the writer's name in lower case, by which a signature is known.
    """
    rows = _unwrapped(_parted([_undirected(row) for row in rows]))
    marker = _marker_in(rows)
    own, rest = _told(rows[:marker], names)
    below = rows[marker + 1 :]
    under, _ = _told(below[: _marker_in(below)], names)
    return Told(own=own, elided=text_of([*rest, *rows[marker:]]), below=under)


def _told(rows: list[Row], names: frozenset[str]) -> tuple[str, list[Row]]:
    keep = [row.depth == 0 for row in rows]
    _cut_headings(rows, keep)
    _cut_signatures(rows, keep, names)
    own = [row for row, kept in zip(rows, keep, strict=True) if kept]
    return text_of(own), [row for row, kept in zip(rows, keep, strict=True) if not kept]


def _undirected(row: Row) -> Row:
    """Drop the marks of direction that programs set around names and dates, and nobody types."""
    return row if row.text.isascii() else replace(row, text=_DIRECTION.sub("", row.text))


def _cut(keep: list[bool], start: int, end: int | None = None) -> None:
    for at in range(start, len(keep) if end is None else end):
        keep[at] = False


def _parted(rows: list[Row]) -> list[Row]:
    """Put a heading that shares the line of somebody's own words on a line of its own."""
    parted: list[Row] = []
    for row in rows:
        is_short = row.depth == 0 and row.text.rstrip().endswith("wrote:")
        found = tongues.SHARED.fullmatch(row.text) if is_short and _fits(row) else None
        if found and found["own"].strip(" -"):
            parted += [replace(row, text=found["own"]), replace(row, text=found["heading"])]
        else:
            parted.append(row)
    return parted


def _fits(row: Row) -> bool:
    return len(row.text) <= LONGEST_HEADING


def _unwrapped(rows: list[Row]) -> list[Row]:
    """Give the tail of a quoted line that a program wrapped without marking it its depth back."""
    broad = [row.width for row in rows if row.depth and " " in row.text and row.width <= WIDEST]
    wrapped_at = max(broad, default=0)
    if wrapped_at < NARROWEST:
        return rows
    mended = list(rows)
    last = max((at for at, row in enumerate(rows) if row.text.strip()), default=0)
    for at in range(1, last + 1):
        before, row = mended[at - 1], rows[at]
        is_within = at == last or rows[at + 1].depth > 0
        if before.depth and not row.depth and is_within and _is_tail(before, row, wrapped_at):
            mended[at] = replace(row, depth=before.depth, width=0)
    return mended


def _is_tail(before: Row, row: Row, wrapped_at: int) -> bool:
    """Tell whether a line had no place on the one before, and both together were one line."""
    text = row.text[: WIDEST + 1].rstrip()
    word = text.split(" ", 1)[0]
    if word[:1].islower() and before.width >= NARROWEST and _UNFINISHED.fullmatch(before.text[-1:]):
        return True
    had_no_place = before.width + 1 + len(word) > wrapped_at
    return bool(word) and had_no_place and before.width + 1 + len(text) <= WIDEST + 2


def _marker_in(rows: list[Row]) -> int:
    """Find the first row that holds our marker, unquoted; the number of rows where none does."""
    bare = MARKER.strip(" —-")
    found = (at for at, row in enumerate(rows) if row.depth == 0 and _holds(row, bare))
    return next(found, len(rows))


def _holds(row: Row, words: str) -> bool:
    return words in row.text[:LONGEST_HEADING]


def _cut_headings(rows: list[Row], keep: list[bool]) -> None:
    """Cut what stands above a quotation, and the quotation itself where nothing marks its lines."""
    labels = [_label(row) for row in rows]
    at = 0
    while at < len(rows):
        if not keep[at]:
            at += 1
            continue
        is_original = _is_original(rows, labels, at)
        if (is_original and not starts_marked(rows, at + 1)) or _is_header_block(rows, labels, at):
            _cut(keep, at)
            return
        length = 1 if is_original else length_of_attribution(rows, keep, at)
        if length and not is_quoted_after(rows, at + length):
            _cut(keep, at)
            return
        _cut(keep, at, at + length)
        at += max(length, 1)


def _is_original(rows: list[Row], labels: list[str], at: int) -> bool:
    text = rows[at].text
    if len(text) > LONGEST_HEADING:
        return False
    if (
        tongues.HEADER_IN_ONE.fullmatch(text)
        or tongues.ORIGINAL.fullmatch(text)
        or (tongues.WROTE_BETWEEN.fullmatch(text) and tongues.WROTE.search(text))
    ):
        return True
    after = next((i for i in range(at + 1, min(at + 4, len(rows))) if rows[i].text.strip()), None)
    if after is None:
        return False
    if not (_RULE.fullmatch(text) or _TITLED.fullmatch(text)):
        return False
    return _is_header_block(rows, labels, after) or _is_addressed_sender(rows, labels, after)


def _is_header_block(rows: list[Row], labels: list[str], at: int) -> bool:
    """Tell whether a block of header lines stands here, one of which names a sender."""
    if not labels[at]:
        return False
    end = at + ROWS_OF_HEADER
    block = [(row, label) for row, label in zip(rows[at:end], labels[at:end], strict=True) if label]
    senders = [row for row, label in block if tongues.SENDER_LABEL.fullmatch(label)]
    addressed = any("@" in row.text for row in senders)
    if not senders:
        return _is_dated_and_addressed([row.text for row, _ in block])
    return len({label for _, label in block}) > (1 if addressed else 2)


def _is_addressed_sender(rows: list[Row], labels: list[str], at: int) -> bool:
    return "@" in rows[at].text and tongues.SENDER_LABEL.fullmatch(labels[at]) is not None


def _is_dated_and_addressed(block: list[str]) -> bool:
    """Tell whether header lines without a sender say at least when, and to whom."""
    dated = (text for text in block if "@" not in text)
    addressed = any(tongues.ADDRESSED.search(text) for text in block)
    return addressed and any(_STAMP.search(text) for text in dated)


def _label(row: Row) -> str:
    """Give the label of a header line in lower case, "" where it is none."""
    text = row.text[:LONGEST_HEADING].replace("\u3000", "")
    found = _LABEL.fullmatch(text) if row.depth == 0 else None
    label = " ".join(found[1].lower().replace("’", "'").split()) if found else ""
    known = tongues.SENDER_LABEL.fullmatch(label) or tongues.OTHER_LABEL.fullmatch(label)
    return label if known else ""


def _cut_signatures(rows: list[Row], keep: list[bool], names: frozenset[str]) -> None:
    """Cut what stands below somebody's words, unless nothing stands above it."""
    spoken = False
    rows = [
        row if kept or row.depth else replace(row, depth=1)
        for row, kept in zip(rows, keep, strict=True)
    ]
    for at, row in enumerate(rows):
        if not keep[at]:
            continue
        if end := spoken and signature_at(rows, at, names):
            _cut(keep, at, end)
        spoken = spoken or bool(row.text.strip())
    own = [i for i, kept in enumerate(keep) if kept and rows[i].text.strip()]
    is_above_others = bool(own) and not all(keep[own[-1] :])
    while is_above_others and len(own) > 1 and _SEPARATOR.fullmatch(rows[own[-1]].text):
        keep[own.pop()] = False
    for at in name_at_end(rows, own, names):
        keep[at] = False
    for at in closing(rows, [at for at in own if keep[at]], names):
        keep[at] = False

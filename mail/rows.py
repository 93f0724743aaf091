"""The lines of a mail with their depth of quotation, from plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from mail.mime import Leaf

LONGEST_ROW = 20_000
"""Characters of one line that are kept: nobody types more without a break."""

_QUOTED = re.compile(r"(?:[ \t]{0,3}>){1,40} ?")
_SIGNATURE = "-- "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of text and how deep it is quoted; 0 is what the writer of this mail wrote.

    `width` is the line's length as it stood in the mail, marks of quotation included.
    """

    depth: int
    text: str
    width: int = 0


def of_plain(leaf: Leaf) -> list[Row]:
    """Read plain text; soft line breaks of `format=flowed` (RFC 3676) are undone."""
    flowed = leaf.headers.parameter("content-type", "format").lower() == "flowed"
    glue = leaf.headers.parameter("content-type", "delsp").lower() == "yes"
    rows = [_row(line, flowed) for line in leaf.text.split("\n")]
    return _joined(rows, glue) if flowed else rows


def read_marks(rows: list[Row]) -> list[Row]:
    """Read “>” before lines of HTML that a program made from plain text: before two or more."""
    runs = groupby(rows, lambda row: row.depth == 0 and row.text.startswith(">"))
    return [row for are_marked, run in runs for row in _read(list(run), are_marked)]


def _read(run: list[Row], are_marked: bool) -> list[Row]:
    are_quoted = are_marked and len(run) > 1
    return [_row(row.text, flowed=False) for row in run] if are_quoted else run


def text_of(rows: list[Row]) -> str:
    """Put lines together again: no blanks at their ends, at most one empty line in a row."""
    lines = (row.text.rstrip() for row in rows)
    kept = [line for _, run in groupby(lines, bool) for line in _thinned(list(run))]
    return "\n".join(kept).strip("\n")


def _thinned(run: list[str]) -> list[str]:
    return run if run[0] else run[:1]


def _row(line: str, flowed: bool) -> Row:
    line = line[:LONGEST_ROW]
    marks = _QUOTED.match(line)
    if marks is None:
        stuffed = flowed and line.startswith(" ")
        return Row(0, line[1:] if stuffed else line, len(line.rstrip()))
    return Row(marks[0].count(">"), line[marks.end() :], len(line.rstrip()))


def _joined(rows: list[Row], glue: bool) -> list[Row]:
    paragraphs: list[tuple[Row, list[str]]] = []
    soft = False
    for row in rows:
        goes_on = soft and paragraphs[-1][0].depth == row.depth
        if not (goes_on and row.text != _SIGNATURE):
            paragraphs.append((row, []))
        soft = row.text.endswith(" ") and row.text != _SIGNATURE
        paragraphs[-1][1].append(row.text[:-1] if soft and glue else row.text)
    return [Row(first.depth, "".join(texts), first.width) for first, texts in paragraphs]

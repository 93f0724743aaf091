"""Parse plain text into lines with their quotation depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from mail.inbound.mail_parts import BodyPart

MAX_LINE_LENGTH = 20_000
"""Characters of one line that are read; nobody types more without a break."""

_QUOTE_MARKS = re.compile(r"(?:[ \t]{0,3}>){1,40} ?")
SIGNATURE_DELIMITER = "-- "
"""The line that begins a signature by convention (RFC 3676, 4.3)."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text and its quotation depth; 0 is what the writer of this mail wrote.

    `width` is the line's length as it stood in the mail, marks of quotation included.
    """

    depth: int
    text: str
    width: int = 0


def parse_plain_lines(part: BodyPart) -> list[TextLine]:
    """Parse plain text; soft line breaks of `format=flowed` (RFC 3676) are joined."""
    flowed = part.headers.get_parameter("content-type", "format").lower() == "flowed"
    delsp = part.headers.get_parameter("content-type", "delsp").lower() == "yes"
    lines = [_parse_line(line, flowed) for line in part.text.split("\n")]
    return _join_flowed(lines, delsp) if flowed else lines


def parse_quote_marks(lines: list[TextLine]) -> list[TextLine]:
    """Parse “>” before lines of HTML made from plain text, where two or more lines have it."""
    runs = groupby(lines, lambda line: line.depth == 0 and line.text.startswith(">"))
    return [line for are_marked, run in runs for line in _parse_run(list(run), are_marked)]


def _parse_run(run: list[TextLine], are_marked: bool) -> list[TextLine]:
    are_quoted = are_marked and len(run) > 1
    return [_parse_line(line.text, flowed=False) for line in run] if are_quoted else run


def join_lines(lines: list[TextLine]) -> str:
    """Join lines to a text: no blanks at their ends, at most one empty line in a row."""
    texts = (line.text.rstrip() for line in lines)
    thinned = [text for _, run in groupby(texts, bool) for text in _drop_repeated_blanks(list(run))]
    return "\n".join(thinned).strip("\n")


def _drop_repeated_blanks(run: list[str]) -> list[str]:
    return run if run[0] else run[:1]


def _parse_line(line: str, flowed: bool) -> TextLine:
    line = line[:MAX_LINE_LENGTH]
    marks = _QUOTE_MARKS.match(line)
    if marks is None:
        stuffed = flowed and line.startswith(" ")
        return TextLine(0, line[1:] if stuffed else line, len(line.rstrip()))
    return TextLine(marks[0].count(">"), line[marks.end() :], len(line.rstrip()))


def _join_flowed(lines: list[TextLine], delsp: bool) -> list[TextLine]:
    paragraphs: list[tuple[TextLine, list[str]]] = []
    soft = False
    for line in lines:
        goes_on = soft and paragraphs[-1][0].depth == line.depth
        if not (goes_on and line.text != SIGNATURE_DELIMITER):
            paragraphs.append((line, []))
        soft = line.text.endswith(" ") and line.text != SIGNATURE_DELIMITER
        paragraphs[-1][1].append(line.text[:-1] if soft and delsp else line.text)
    return [TextLine(first.depth, "".join(texts), first.width) for first, texts in paragraphs]

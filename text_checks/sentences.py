"""Split a document's prose into sentences, each with the line and column where it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from text_checks.markdown_reader import LeafKind, list_leaves, split_lines
from text_checks.plain_text import convert_to_plain_text

MAX_PASSAGE_LENGTH = 160
"""Number of characters of a sentence that a finding quotes."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|fig|mr|mrs|ms|dr|st|ca|aka|[a-z]))\.$",
    re.IGNORECASE,
)
_END = re.compile(r"(?<![.!?])[.!?]++[\"”’)\]*_`]{0,4}(?=\s)")
_ITEM_PREFIX = re.compile(r"\s*(?:(?:[-*+]|\d{1,4}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)])\s+")
_TABLE_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in plain text, and the line and column (from 1) where it is written."""

    text: str
    line: int
    column: int


def split_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Split prose into sentences, each with its offset, in time linear in its length."""
    start = 0
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, end.start() - 12), end.start() + 1):
            continue
        yield from _strip_span(text, start, end.end())
        start = end.end()
    yield from _strip_span(text, start, len(text))


def list_sentences(markdown: str) -> Iterator[Sentence]:
    """List the sentences the author wrote, leaving out code, quotations, headings and comments."""
    block: list[tuple[int, int, str]] = []
    for number, line in _list_prose_lines(markdown):
        if line is None or (block and (_ITEM.match(line) or line.lstrip().startswith("|"))):
            yield from _split_paragraph(block)
            block = []
        if line is None:
            continue
        if line.lstrip().startswith("|"):
            yield from _split_row(number, line)
            continue
        prefix = _ITEM_PREFIX.match(line)
        column = prefix.end() if prefix and not block else len(line) - len(line.lstrip())
        block.append((number, column + 1, line[column:]))
    yield from _split_paragraph(block)


def _list_prose_lines(markdown: str) -> Iterator[tuple[int, str | None]]:
    """Yield each line of prose with its number, and None where a paragraph ends."""
    lines = split_lines(markdown)
    for leaf in list_leaves(markdown):
        is_underlined = leaf.kind is LeafKind.HEADING and leaf.end - leaf.line > 1
        if leaf.kind in (LeafKind.TEXT, LeafKind.TABLE) or is_underlined:
            for number in range(leaf.line, leaf.end + 1 - is_underlined):
                line = lines[number - 1]
                yield number, line if line.strip() else None
        yield leaf.end, None


def _split_row(number: int, line: str) -> Iterator[Sentence]:
    if _TABLE_RULE.fullmatch(line):
        return
    offset = 0
    for cell in line.split("|"):
        for start, text in split_sentences(cell):
            if plain := convert_to_plain_text(text):
                yield Sentence(plain, number, offset + start + 1)
        offset += len(cell) + 1


def _split_paragraph(block: list[tuple[int, int, str]]) -> Iterator[Sentence]:
    paragraph = "\n".join(text for _, _, text in block)
    starts: list[int] = []
    position = 0
    for _, _, text in block:
        starts.append(position)
        position += len(text) + 1
    row = 0
    for offset, text in split_sentences(paragraph):
        while row + 1 < len(starts) and starts[row + 1] <= offset:
            row += 1
        number, column, _ = block[row]
        if plain := convert_to_plain_text(text):
            yield Sentence(plain, number, column + offset - starts[row])


def _strip_span(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    span = text[start:end]
    stripped = span.strip()
    if stripped:
        yield start + len(span) - len(span.lstrip()), stripped

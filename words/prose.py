"""A document's own prose, sentence by sentence, each with the place where it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|fig|mr|mrs|ms|dr|st|ca|aka|[a-z]))\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?]+[\"”’)\]*_`]{0,4}(?=\s)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LEAD = re.compile(r"\s*(?:(?:[-*+]|\d{1,4}[.)])\s+)?(?:\[[ xX]\]\s+)?")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,4}[.)])\s+")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*")
_RULE_ROW = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, and the line and column (from 1) where it begins."""

    text: str
    line: int
    column: int


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Split prose into sentences, each with its offset; linear in its length."""
    start = 0
    for end in _END.finditer(text):
        if _ABBREVIATED.search(text, max(start, end.start() - 12), end.start() + 1):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def passages(markdown: str) -> Iterator[Passage]:
    """List the sentences somebody wrote themselves: no code, quotation, heading or comment."""
    block: list[tuple[int, int, str]] = []
    for number, line in _own_lines(markdown):
        if line is None or (block and (_ITEM.match(line) or line.lstrip().startswith("|"))):
            yield from _sentences_of(block)
            block = []
        if line is None:
            continue
        if line.lstrip().startswith("|"):
            yield from _cells(number, line)
            continue
        lead = _LEAD.match(line)
        column = lead.end() if lead and not block else len(line) - len(line.lstrip())
        block.append((number, column + 1, line[column:]))
    yield from _sentences_of(block)


def _own_lines(markdown: str) -> Iterator[tuple[int, str | None]]:
    """Give each line of prose with its number; None where a paragraph ends."""
    fence = ""
    in_comment = False
    in_matter = markdown.startswith("---\n")
    for number, line in enumerate(markdown.split("\n"), 1):
        mark = _FENCE.match(line)
        if in_matter:
            in_matter = number == 1 or line.strip() != "---"
        elif in_comment or line.lstrip().startswith("<!--"):
            in_comment = "-->" not in line
        elif mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not (fence or _is_apart(line)):
            yield number, line
            continue
        yield number, None


def _is_apart(line: str) -> bool:
    bare = line.lstrip()
    code = line.startswith(("    ", "\t")) and not _ITEM.match(line)
    return not bare or code or bare.startswith((">", "#")) or bool(_UNDERLINE.fullmatch(line))


def _cells(number: int, line: str) -> Iterator[Passage]:
    if _RULE_ROW.fullmatch(line):
        return
    offset = 0
    for cell in line.split("|"):
        for start, text in sentences(cell):
            yield Passage(text, number, offset + start + 1)
        offset += len(cell) + 1


def _sentences_of(block: list[tuple[int, int, str]]) -> Iterator[Passage]:
    whole = "\n".join(text for _, _, text in block)
    starts: list[int] = []
    at = 0
    for _, _, text in block:
        starts.append(at)
        at += len(text) + 1
    row = 0
    for offset, text in sentences(whole):
        while row + 1 < len(starts) and starts[row + 1] <= offset:
            row += 1
        number, column, _ = block[row]
        yield Passage(" ".join(text.split()), number, column + offset - starts[row])


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    part = text[start:end]
    bare = part.strip()
    if bare:
        yield start + len(part) - len(part.lstrip()), bare

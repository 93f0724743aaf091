"""A Markdown text taken apart: headings in any form, list items, table rows, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_BOLD = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*:?\s*")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_RULE = re.compile(r"[\s|:-]+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BOLD_DEPTH = 7
"""A bold line heads what follows it, below every real heading."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece: `kind` heading, item, row, paragraph or code; `depth` of a heading or an item.

    It stands on the lines from `line` to `end`, counted from 1.
    """

    kind: str
    text: str
    line: int
    end: int = 0
    depth: int = 0
    cells: tuple[str, ...] = ()


def blocks(text: str) -> Iterator[Block]:
    """Take a text apart, in order; nothing but comments and rules is left out."""
    lines = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    held: list[str] = []
    first = Block("paragraph", "", 0)
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if fence or mark:
            fence = _after(fence, mark)
            held.append(line)
            first = first if len(held) > 1 else Block("code", "", number)
            continue
        found = _started(line, number, held, first)
        if found is None and line.strip():
            first = first if held else Block("paragraph", "", number)
            held.append(line)
            continue
        if found and found.kind == "underline":
            yield Block("heading", held[-1].strip(), number - 1, number, found.depth)
            held = []
            continue
        yield from _flushed(first, held)
        held = []
        if found and found.kind == "item":
            first, held = found, [found.text]
        elif found:
            yield found
    yield from _flushed(first, held)


def _after(fence: str, mark: re.Match[str] | None) -> str:
    if not mark:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) else fence


def _started(line: str, number: int, held: list[str], first: Block) -> Block | None:
    """Say what a line begins; None for one that goes on, or is empty."""
    if atx := _ATX.fullmatch(line):
        return Block("heading", atx[2], number, number, len(atx[1]))
    if len(held) == 1 and first.kind == "paragraph" and (under := _SETEXT.fullmatch(line)):
        return Block("underline", "", number, number, 1 if under[1][0] == "=" else 2)
    if (bold := _BOLD.fullmatch(line)) and not held:
        return Block("heading", bold[1], number, number, BOLD_DEPTH)
    if line.lstrip().startswith("|") or (line.count("|") > 1 and not held):
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        return Block(
            "row", "" if _RULE.fullmatch(line) else line.strip(), number, number, cells=cells
        )
    if item := _ITEM.match(line):
        depth = len(item[1].expandtabs(4))
        return Block("item", line[item.end() :], number, number, depth)
    return None


def _flushed(first: Block, held: list[str]) -> Iterator[Block]:
    text = "\n".join(held) if first.kind == "code" else " ".join(" ".join(held).split())
    if text:
        yield replace(first, text=text, end=first.line + len(held) - 1)

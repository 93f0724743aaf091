"""A Markdown text taken apart: headings in any form, list items, table rows, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_BOLD = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*:?\s*")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_FENCE = re.compile(r"\s{0,20}(`{3,}|~{3,})")
_LINE = re.compile(r" {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})")
_RULE = re.compile(r"[\s|:-]+")
_PIPE = re.compile(r"(?<!\\)\|")
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
    """Take a text apart, in order, but for comments on lines of their own, and rules."""
    held: list[str] = []
    first = Block("paragraph", "", 0)
    fence = ""
    for number, line in enumerate(without_comments(text).split("\n"), 1):
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
        elif found and found.kind != "line":
            yield found
    yield from _flushed(first, held)


def without_comments(text: str) -> str:
    """Empty the lines of comments that stand on lines of their own, outside of code."""
    kept: list[str] = []
    fence = ""
    is_comment = False
    for line in text.split("\n"):
        mark = None if is_comment else _FENCE.match(line)
        fence = _after(fence, mark)
        is_comment = is_comment or (not fence and line.lstrip().startswith("<!--"))
        kept.append("" if is_comment else line)
        is_comment = is_comment and "-->" not in line
    return "\n".join(kept)


def _after(fence: str, mark: re.Match[str] | None) -> str:
    if not mark:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) else fence


def _started(line: str, number: int, held: list[str], first: Block) -> Block | None:
    """Say what a line begins; None for one that goes on, or is empty."""
    atx = _ATX.fullmatch(line)
    if atx:
        return Block("heading", atx[2], number, number, len(atx[1]))
    if len(held) == 1 and first.kind == "paragraph" and (under := _SETEXT.fullmatch(line)):
        return Block("underline", "", number, number, 1 if under[1][0] == "=" else 2)
    bold = None if held else _BOLD.fullmatch(line)
    if bold or _LINE.fullmatch(line):
        return _bold(bold, number)
    if line.lstrip().startswith("|") or (line.count("|") > 1 and not held):
        return _row(line, number)
    if item := _ITEM.match(line):
        depth = len(item[1].expandtabs(4))
        return Block("item", line[item.end() :], number, number, depth)
    return None


def _bold(found: re.Match[str] | None, number: int) -> Block:
    """Make a heading of a bold line; a line of dashes or stars only parts what is around it."""
    if found is None:
        return Block("line", "", number, number)
    return Block("heading", found[1], number, number, BOLD_DEPTH)


def _row(line: str, number: int) -> Block:
    text = "" if _RULE.fullmatch(line) else line.strip()
    return Block("row", text, number, number, cells=cells_of(line))


def cells_of(line: str) -> tuple[str, ...]:
    """Take a row of a table apart; a pipe behind a backslash is part of its cell."""
    bare = line.strip().removeprefix("|")
    bare = bare if bare.endswith("\\|") else bare.removesuffix("|")
    return tuple(cell.strip().replace("\\|", "|") for cell in _PIPE.split(bare))


def _flushed(first: Block, held: list[str]) -> Iterator[Block]:
    text = "\n".join(held) if first.kind == "code" else " ".join(" ".join(held).split())
    if text:
        yield replace(first, text=text, end=first.line + len(held) - 1)

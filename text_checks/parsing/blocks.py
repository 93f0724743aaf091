"""Split a Markdown text into blocks: headings in any form, list items, table rows, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from text_checks.markdown_reader import LeafKind, MarkdownLeaf, list_leaves

_BOLD = re.compile(r"\s*(?:[-*+]\s+)?(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*:?\s*")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_INDENTED = re.compile(r" {4}| {0,3}\t")
_TABLE_RULE = re.compile(r"[\s|:-]+")
_PIPE = re.compile(r"(?<!\\)\|")
BOLD_DEPTH = 7
"""Depth of a bold line that serves as a heading: below every real heading."""


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """One block: `kind` heading, item, row, paragraph or code; `depth` of a heading or an item.

    It stands on the lines from `line` to `end`, counted from 1.
    """

    kind: str
    text: str
    line: int
    end: int = 0
    depth: int = 0
    cells: tuple[str, ...] = ()


def parse_blocks(text: str) -> Iterator[MarkdownBlock]:
    """Yield the blocks of a text from top to bottom, without rules and comments.

    Beyond Markdown it knows what people write: bold lines as headings, rows and items in the
    midst of a paragraph, rows without a header, and “•” as a list mark.
    """
    builder = _BlockBuilder(text.replace("\r", " ").split("\n"))
    for leaf in list_leaves(text):
        yield from builder.add_leaf(leaf)
    yield from builder.finish_block()


@dataclass(slots=True)
class _BlockBuilder:
    """The block that is being built: its kind, the number of its first line, and its lines."""

    source: list[str]
    kind: str = ""
    line: int = 0
    depth: int = 0
    pending: list[str] = field(default_factory=list)

    def add_leaf(self, leaf: MarkdownLeaf) -> Iterator[MarkdownBlock]:
        """Yield the blocks that are complete once this leaf begins, or within it."""
        is_apart = self.line + len(self.pending) != leaf.line
        if is_apart or leaf.is_item or (self.kind == "code" and leaf.kind is not LeafKind.FENCE):
            yield from self.finish_block()
        if self._is_heading(leaf):
            yield from self.finish_block()
            yield MarkdownBlock("heading", leaf.text, leaf.line, leaf.end, leaf.level)
        elif leaf.kind is LeafKind.BREAK:
            yield from self.finish_block()
        elif leaf.kind in (LeafKind.FENCE, LeafKind.QUOTE):
            self._add_verbatim(leaf)
        else:
            yield from self._add_lines(leaf)

    def finish_block(self) -> Iterator[MarkdownBlock]:
        """Yield the pending block, if it holds any text."""
        joined = "\n".join(self.pending)
        text = joined if self.kind == "code" else " ".join(joined.split())
        if text:
            end = self.line + len(self.pending) - 1
            yield MarkdownBlock(self.kind, text, self.line, end, self.depth)
        self.pending = []

    def _begin_block(self, kind: str, line: int, depth: int = 0) -> None:
        self.kind, self.line, self.depth, self.pending = kind, line, depth, []

    def _begin_item(self, item: re.Match[str], line: int) -> None:
        self._begin_block("item", line, len(item[1].expandtabs(4)))
        self.pending.append(item.string[item.end() :])

    def _is_heading(self, leaf: MarkdownLeaf) -> bool:
        """Return whether a leaf is a heading; in an item, indented or of two lines it is text."""
        is_short = leaf.kind is LeafKind.HEADING and leaf.end - leaf.line <= 1
        return is_short and not leaf.is_item and not _INDENTED.match(self.source[leaf.line - 1])

    def _add_verbatim(self, leaf: MarkdownLeaf) -> None:
        """Add code or a quotation, in which no line begins a block."""
        lines = self.source[leaf.line - 1 : leaf.end]
        if leaf.is_item and (item := _ITEM.match(lines[0])):
            self._begin_item(item, leaf.line)
            lines = lines[1:]
        elif not self.pending:
            self._begin_block("code" if leaf.kind is LeafKind.FENCE else "paragraph", leaf.line)
        self.pending += lines

    def _add_lines(self, leaf: MarkdownLeaf) -> Iterator[MarkdownBlock]:
        """Add text, in which a line may begin a block where Markdown begins none."""
        is_marked = leaf.kind is LeafKind.FRONT_MATTER
        is_underlined = leaf.kind is LeafKind.HEADING and leaf.end > leaf.line
        for number in range(leaf.line + is_marked, leaf.end + 1 - (is_marked or is_underlined)):
            line = self.source[number - 1]
            if not line.strip():
                yield from self.finish_block()
            elif whole := self._parse_line(line, number):
                yield from self.finish_block()
                yield whole
            elif item := _ITEM.match(line):
                yield from self.finish_block()
                self._begin_item(item, number)
            else:
                if not self.pending:
                    self._begin_block("paragraph", number)
                self.pending.append(line)

    def _parse_line(self, line: str, number: int) -> MarkdownBlock | None:
        """Return the block that a line is by itself: a bold heading or a row; None for none."""
        if not self.pending and (bold := _BOLD.fullmatch(line)):
            return MarkdownBlock("heading", bold[1], number, number, BOLD_DEPTH)
        if line.lstrip().startswith("|") or (line.count("|") > 1 and not self.pending):
            text = "" if _TABLE_RULE.fullmatch(line) else line.strip()
            return MarkdownBlock("row", text, number, number, cells=split_cells(line))
        return None


def split_cells(line: str) -> tuple[str, ...]:
    """Split a table row into its cells; an escaped pipe is part of its cell."""
    stripped = line.strip().removeprefix("|")
    stripped = stripped if stripped.endswith("\\|") else stripped.removesuffix("|")
    return tuple(cell.strip().replace("\\|", "|") for cell in _PIPE.split(stripped))

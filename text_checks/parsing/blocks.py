"""Split a Markdown text into blocks: headings in any form, list items, table rows, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from text_checks.markdown_reader import LeafKind, MarkdownLeaf, list_leaves, split_lines
from text_checks.plain_text import convert_to_plain_text
from text_checks.table_rows import (
    find_grid_rows,
    find_split_rows,
    has_pipe,
    is_grid_line,
    is_ruler,
    join_grid_row,
    join_row_lines,
    split_cells,
)

_BOLD = re.compile(r"\s*+(?:[-*+]\s++)?(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*(?::\s*)?")
_ITEM = re.compile(r"(\s*)(?P<marker>(?:[-*+•☐☑☒▪◦‣]|\d{1,4}[.)])[ \t]+)(?:\[[ xX]\][ \t]+)?")
_ACTION_LINE = re.compile(
    r"\s*[*_]{0,2}(?:action(?: item| point)?(?: ?#?\d{1,3})?|a\.?i\.?|to-?do)[*_]{0,2}\s?:",
    re.IGNORECASE,
)
_NOTICE_LINE = re.compile(r"\s{0,3}:::")
_TIME_LINE = re.compile(
    r"\W{0,4}(?:\d{4}-\d\d-\d\d[ T])?(?:(?:[01]?\d|2[0-3])[:.h][0-5]\d(?!\d)"
    r"|[012]\d[0-5]\d ?(?:hrs?|h|uhr|utc|z)\b)",
    re.IGNORECASE,
)
_INDENTED = re.compile(r" {4}| {0,3}\t")
MIN_CELLS = 2
"""Number of cells that a line outside a table has to exceed to be a row."""

BOLD_DEPTH = 7
"""Depth of a bold line that serves as a heading: below every real heading."""


@dataclass(frozen=True, slots=True)
class MarkdownBlock:
    """One block: `kind` heading, item, row, paragraph, code or metadata, in plain text.

    It stands on the lines from `line` to `end`, counted from 1; `depth` is the level of a heading,
    or how far another block is indented. `raw` and `cells` are Markdown, as written, without
    the `marker` of an item.
    """

    kind: str
    text: str
    line: int
    end: int = 0
    depth: int = 0
    cells: tuple[str, ...] = ()
    raw: str = ""
    marker: str = ""


def parse_blocks(text: str) -> Iterator[MarkdownBlock]:
    """Yield the blocks of a text from top to bottom, without rules and comments.

    Beyond Markdown it knows what people write: bold lines as headings, rows and items in the
    midst of a paragraph, rows without a header, and “•” as a list mark.
    """
    lines = split_lines(text)
    builder = _BlockBuilder(lines, find_split_rows(lines), find_grid_rows(lines))
    for leaf in list_leaves(text):
        yield from builder.add_leaf(leaf)
    yield from builder.finish_block()


@dataclass(slots=True)
class _BlockBuilder:
    """The block that is being built: its kind, the number of its first line, and its lines.

    `split_rows` are the last lines of rows with cells of several lines, by the first, and
    `grid_rows` those of tables drawn with “+---+”; `last` is
    the last line of such a row, and `columns` the number of columns of the table that is read.
    """

    source: list[str]
    split_rows: dict[int, int]
    grid_rows: dict[int, int]
    kind: str = ""
    line: int = 0
    depth: int = 0
    last: int = 0
    columns: int = 0
    marker: str = ""
    pending: list[str] = field(default_factory=list)

    def add_leaf(self, leaf: MarkdownLeaf) -> Iterator[MarkdownBlock]:
        """Yield the blocks that are complete once this leaf begins, or within it."""
        is_apart = self.line + len(self.pending) != leaf.line
        if is_apart or leaf.is_item or (self.kind == "code" and leaf.kind is not LeafKind.FENCE):
            yield from self.finish_block()
        if leaf.end <= self.last:
            return
        if self._is_heading(leaf):
            yield from self.finish_block()
            yield self._build_heading(leaf.text, leaf.line, leaf.end, leaf.level)
        elif leaf.kind is LeafKind.FRONT_MATTER:
            raw = "\n".join(self.source[leaf.line - 1 : leaf.end])
            yield MarkdownBlock("metadata", " ".join(raw.split()), leaf.line, leaf.end, raw=raw)
        elif leaf.kind is LeafKind.BREAK:
            yield from self.finish_block()
        elif leaf.kind in (LeafKind.FENCE, LeafKind.QUOTE):
            self._add_verbatim(leaf)
        else:
            yield from self._add_lines(leaf)

    def finish_block(self) -> Iterator[MarkdownBlock]:
        """Yield the pending block, if it holds any text."""
        joined = "\n".join(self.pending)
        is_code = self.kind == "code"
        text = joined if is_code else convert_to_plain_text(joined)
        if text:
            end = self.line + len(self.pending) - 1
            raw = joined if is_code else " ".join(joined.replace("\\\n", "\n").split())
            marker = self.marker if self.kind == "item" else ""
            yield MarkdownBlock(self.kind, text, self.line, end, self.depth, raw=raw, marker=marker)
        self.pending = []

    def _begin_block(self, kind: str, line: int, depth: int = 0) -> None:
        self.kind, self.line, self.depth, self.pending = kind, line, depth, []

    def _begin_item(self, item: re.Match[str], line: int) -> None:
        self._begin_block("item", line, len(item[1].expandtabs(4)))
        self.marker = item["marker"]
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
        is_table = leaf.kind is LeafKind.TABLE
        if is_table:
            yield from self.finish_block()
            self.columns = len(split_cells(self.source[leaf.line]))
        is_underlined = leaf.kind is LeafKind.HEADING and leaf.end > leaf.line
        for number in range(leaf.line, leaf.end + 1 - is_underlined):
            line = self.source[number - 1]
            if number <= self.last:
                continue
            if not line.strip():
                yield from self.finish_block()
            elif whole := self._parse_line(line, number, is_table=is_table):
                yield from self.finish_block()
                yield whole
            elif item := _ITEM.match(line):
                yield from self.finish_block()
                self._begin_item(item, number)
            else:
                if self._begins_anew(line):
                    yield from self.finish_block()
                if not self.pending:
                    self._begin_block("paragraph", number, _measure_indent(line))
                self.pending.append(line)

    def _begins_anew(self, line: str) -> bool:
        """Return whether a line of a paragraph is one by itself: an action, or the next time."""
        if self.kind != "paragraph" or not self.pending:
            return False
        if any(map(_NOTICE_LINE.match, (self.pending[-1], line))):
            return True
        times = (self.pending[0], line)
        return _ACTION_LINE.match(line) is not None or all(map(_TIME_LINE.match, times))

    def _parse_line(self, line: str, number: int, *, is_table: bool) -> MarkdownBlock | None:
        """Return the block that a line is by itself: a bold heading or a row; None for none."""
        if not self.pending and (bold := _BOLD.fullmatch(line)):
            return self._build_heading(bold[1], number, number, BOLD_DEPTH)
        if is_table and has_pipe(line):
            return self._build_row(number)
        if is_grid_line(line):
            return MarkdownBlock("row", "", number, number, raw=line)
        is_open = not self.pending and _ITEM.match(line) is None
        if line.lstrip().startswith("|") or (is_open and len(split_cells(line)) > MIN_CELLS):
            return self._build_row(number)
        return None

    def _build_heading(self, raw: str, line: int, end: int, depth: int) -> MarkdownBlock:
        return MarkdownBlock("heading", convert_to_plain_text(raw), line, end, depth, raw=raw)

    def _build_row(self, number: int) -> MarkdownBlock:
        """Build the row that begins on a line, with all lines over which its cells go on."""
        end = self.last = self.split_rows.get(number, self.grid_rows.get(number, number))
        lines = self.source[number - 1 : end]
        raw = join_row_lines(lines)
        cells = (
            split_cells(raw, self.columns) if number not in self.grid_rows else join_grid_row(lines)
        )
        text = "" if is_ruler(raw) else " | ".join(map(convert_to_plain_text, cells))
        depth = _measure_indent(self.source[number - 1])
        return MarkdownBlock("row", text, number, end, depth, cells, raw)


def _measure_indent(line: str) -> int:
    return len(line) - len(line.lstrip())

"""Read Markdown: one parser (markdown-it), whose tokens become the leaves of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from text_checks.front_matter import find_closing_line

MAX_NESTING = 40
"""Maximum nesting of lists and quotations; what is deeper stays as it is written."""

MAX_LINES = 20_000
"""Number of lines that are parsed; what follows is one text, so that any document takes seconds."""

_EVERYWHERE: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


class LeafKind(StrEnum):
    """The kind of a leaf: a block that holds lines and no other blocks."""

    TEXT = "text"
    HEADING = "heading"
    TABLE = "table"
    QUOTE = "quote"
    CODE = "code"
    FENCE = "fence"
    BREAK = "break"
    FRONT_MATTER = "front matter"


@dataclass(frozen=True, slots=True)
class MarkdownLeaf:
    """A leaf on the lines from `line` to `end`, counted from 1; `is_item` says: of a list item.

    A heading has its `text`, its `level`, and in `end` the line of its underline, if any.
    """

    kind: LeafKind
    line: int
    end: int
    is_item: bool = False
    text: str = ""
    level: int = 0


_KINDS = {
    "paragraph_open": LeafKind.TEXT,
    "heading_open": LeafKind.HEADING,
    "table_open": LeafKind.TABLE,
    "blockquote_open": LeafKind.QUOTE,
    "code_block": LeafKind.CODE,
    "fence": LeafKind.FENCE,
    "hr": LeafKind.BREAK,
    "front_matter": LeafKind.FRONT_MATTER,
}
_EMBEDDED_FILE = re.compile(r"\[[^\[\]]{1,100}\]:\s{0,9}<?data:")
_CONTAINERS = {"blockquote_open": "blockquote_close", "table_open": "table_close"}


def build_markdown_parser() -> MarkdownIt:
    """Build a parser of documents: tables, but no HTML; comments and front matter are left out."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table")
    parser.block.ruler.before("table", "comment", _skip_comment, _EVERYWHERE)
    parser.block.ruler.before("table", "front_matter", _parse_front_matter)
    parser.add_render_rule("front_matter", _render_nothing)  # type: ignore[no-untyped-call,unused-ignore]
    return parser


def split_lines(text: str) -> list[str]:
    """Split a text into its lines, without a byte order mark."""
    return text.lstrip("\ufeff").replace("\r", " ").split("\n")


def list_leaves(text: str) -> Iterator[MarkdownLeaf]:
    """List the leaves of a document from top to bottom.

    Comments, empty lines and the files that a tool embeds are in none.
    """
    lines = split_lines(text)
    yield from _convert_tokens(_build_block_parser().parse("\n".join(lines[:MAX_LINES])), lines)
    if len(lines) > MAX_LINES:
        yield MarkdownLeaf(LeafKind.TEXT, MAX_LINES + 1, len(lines))


@cache
def _build_block_parser() -> MarkdownIt:
    parser = build_markdown_parser().disable(["inline", "text_join", "reference"])
    parser.block.ruler.before("table", "embedded_file", _skip_embedded_file, _EVERYWHERE)
    return parser


def _convert_tokens(tokens: list[Token], lines: list[str]) -> Iterator[MarkdownLeaf]:
    item_line = 0
    closing = ""
    for position, token in enumerate(tokens):
        if closing:
            closing = "" if token.type == closing else closing
        elif token.type == "list_item_open" and token.map:
            item_line = item_line or token.map[0] + 1
        elif token.type == "list_item_close":
            item_line = 0
        elif token.type in _KINDS and token.map:
            closing = _CONTAINERS.get(token.type, "")
            leaf = MarkdownLeaf(_KINDS[token.type], item_line or token.map[0] + 1, token.map[1])
            if leaf.kind is LeafKind.HEADING:
                leaf = replace(
                    leaf, text=tokens[position + 1].content, level=int(token.tag.removeprefix("h"))
                )
            yield replace(_trim_end(leaf, lines), is_item=bool(item_line))
            item_line = 0


def _trim_end(leaf: MarkdownLeaf, lines: list[str]) -> MarkdownLeaf:
    """Return the leaf without the empty lines at its end."""
    end = leaf.end
    while end > leaf.line and not lines[end - 1].strip():
        end -= 1
    return replace(leaf, end=end)


def _skip_comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a comment that begins a line, up to the line on which it ends."""
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<!--", first):
        return False
    if not silent:
        line = start
        while line < end and "-->" not in state.src[state.bMarks[line] : state.eMarks[line]]:
            line += 1
        state.line = min(line + 1, end)
    return True


def _skip_embedded_file(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read the definition of a link that holds a whole file: the pictures of Google Docs."""
    del end
    first = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or _EMBEDDED_FILE.match(state.src, first) is None:
        return False
    if not silent:
        state.line = start + 1
    return True


def _parse_front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read the front matter, which is the first thing in a document or nowhere."""
    if silent or state.tokens or state.parentType != "root":
        return False
    fence = state.getLines(start, start + 1, 0, False)
    if not fence.startswith(("---", "+++", "{", "% ")):
        return False
    closing = find_closing_line(state.getLines(start, end, 0, False).split("\n"))
    if closing is None:
        return False
    state.push("front_matter", "", 0).map = [start, start + closing + 1]
    state.line = start + closing + 1
    return True


def _render_nothing(*_args: object) -> str:
    return ""

"""Tell the header of each table from its rows, and give each row the names of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from models.document import Section
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.section_assignment import TIME
from text_checks.parsing.table_columns import lists_actions
from text_checks.plain_text import convert_to_plain_text

PlacedBlock = tuple[Section | None, MarkdownBlock, tuple[str, ...]]
"""A block, the section that it belongs to, and the names of its columns where it is a row."""

MAX_COLUMN_NAME_WORDS = 2
"""Words of a column's name where no ruler tells a header from a row."""

ELSEWHERE = (None, Section.SUMMARY, Section.LESSONS)
"""Sections in which a table with a column of actions and one of owners is a table of actions."""


def attach_columns(
    pieces: Iterable[tuple[Section | None, MarkdownBlock]],
) -> Iterator[PlacedBlock]:
    """Yield each piece with its section, and each row with the names of its columns.

    A header is a block of its own kind; a ruler is none. A row after an empty line goes on with
    the table above, where it has as many cells and no ruler below.
    """
    names: tuple[str, ...] = ()
    own_section: Section | None = None
    placed_blocks = list(pieces)
    last = 0
    for (section, block), next_block in zip_longest(
        placed_blocks, [block for _, block in placed_blocks[1:]]
    ):
        if block.kind != "row":
            names, own_section, last = (), None, 0
            yield section, block, ()
            continue
        is_below = block.line == last + 1
        is_resumed = bool(last and names) and len(block.cells) == len(names)
        is_ruled = next_block is not None and next_block.kind == "row" and not next_block.text
        last = block.end
        if not is_below and (is_ruled or not is_resumed):
            names, own_section = (), None
        if not names and _is_header(block, is_ruled=is_ruled, is_first=not is_below):
            names = tuple(map(convert_to_plain_text, block.cells))
            own_section = Section.ACTIONS if lists_actions(names) else None
            placed = _choose_section(section, own_section)
            yield placed, replace(block, kind="columns", text=" | ".join(names)), ()
        elif block.text:
            yield _choose_section(section, own_section), block, names


def _choose_section(section: Section | None, own_section: Section | None) -> Section | None:
    return own_section or section if section in ELSEWHERE else section


def _is_header(block: MarkdownBlock, *, is_ruled: bool, is_first: bool) -> bool:
    """Return whether a row names columns: by a ruler below it, or by its short cells.

    Below an empty header, only the names of an action and its owner tell.
    """
    if not block.text or (is_ruled and is_first):
        return bool(block.text)
    names = tuple(map(convert_to_plain_text, block.cells))
    is_short = all(len(name.split()) <= MAX_COLUMN_NAME_WORDS for name in names)
    if is_first:
        is_event = TIME.match(block.text.strip("| ")) is not None
        return is_short and not is_event
    return is_short and lists_actions(names)

"""Assign the blocks of a document to its sections, by headings, labels and times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from models.document import Section
from text_checks.parsing.blocks import BOLD_DEPTH, MarkdownBlock, parse_blocks
from text_checks.parsing.headings import find_section
from text_checks.parsing.labelled_fields import begins_action, parse_labelled_fields
from text_checks.plain_text import convert_to_plain_text
from text_checks.timeline.time_forms import begins_with_time

TIME = re.compile(
    r"\W{0,4}(?:(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?"
    r"|(?:on )?[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?)"
    r"(?:,? \d{4})?[\sT,–—:-]{0,4})?(?:\(?~?\d{1,2}[:.h]\d\d(?::\d\d)?|T\+\d+"
    r"|\d{1,2} ?[ap]m\b|\d{1,2} uhr\b|[012]\d[0-5]\d ?(?:hrs?|h|uhr|utc|z)\b|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:\*\*|__)?([A-ZÀ-ÖØ-ÞŚ][\w '’-]{2,40}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(\S.*)", re.DOTALL
)
TOGGLE_DEPTH = BOLD_DEPTH + 1
MAX_LABEL_WORDS = 3
MAX_TITLE_WORDS = 3
MAX_NAME_WORDS = 2
"""Below causes, a heading of at most so many words names a section; a longer one is a cause."""


MAX_TOGGLE_WORDS = 6
"""An item of so many words that names a section, with text below it, is a heading folded up."""

PROMISE_SECTIONS = (None, Section.ACTIONS, Section.CAUSES, Section.LESSONS)
"""Sections in which “Action: …” is a promise; elsewhere it was done, unless it has an owner."""

OPEN_SECTIONS = (None, Section.SUMMARY)
"""Sections in which a block may belong to another one, which it names itself."""


def assign_sections(text: str) -> Iterator[tuple[Section | None, MarkdownBlock]]:
    """Yield each block with its section: that of its heading, or of the heading above."""
    above: list[tuple[int, Section | None]] = []
    toggle: tuple[int, Section] | None = None
    blocks = list(parse_blocks(text))
    title_line = next((block.line for block in blocks if block.kind == "heading"), 0)
    for block, next_block in zip_longest(blocks, blocks[1:]):
        if toggle is not None and (block.kind == "heading" or block.depth <= toggle[0]):
            toggle = None
        if block.kind == "heading":
            above = [(depth, section) for depth, section in above if depth < block.depth]
            outer_section = next((section for _, section in reversed(above) if section), None)
            is_title = block.line == title_line and _is_sentence(block)
            announced = None if is_title else _find_announced_section(block.text, outer_section)
            own_section = announced or outer_section
            above.append((block.depth, own_section))
            yield own_section, block
            continue
        section = above[-1][1] if above else None
        if toggle is None and (folded := _find_folded_section(block, next_block, section)):
            toggle = (block.depth, folded)
            yield folded, replace(block, kind="heading", depth=TOGGLE_DEPTH)
        else:
            yield toggle[1] if toggle else _infer_section(block, section), block


def _is_sentence(heading: MarkdownBlock) -> bool:
    """Return whether a first heading is a title, and no section: “Retrospective: mail was late”."""
    return heading.depth == 1 and len(heading.text.split()) > MAX_TITLE_WORDS


def _find_folded_section(
    block: MarkdownBlock, next_block: MarkdownBlock | None, section: Section | None
) -> Section | None:
    """Return the section that an item announces for what is indented below it: a Notion toggle."""
    is_above = next_block is not None and next_block.depth > block.depth
    if block.kind != "item" or section not in OPEN_SECTIONS or not is_above:
        return None
    is_name = len(block.text.split()) <= MAX_TOGGLE_WORDS and next_block.kind != "heading"  # type: ignore[union-attr]  # is_above
    return find_section(block.text) if is_name else None


def _find_announced_section(heading: str, outer_section: Section | None) -> Section | None:
    """Return the section a heading announces; below causes and actions few announce one."""
    if TIME.match(heading):
        return Section.TIMELINE
    section = find_section(heading)
    if outer_section is Section.ACTIONS or (
        outer_section is Section.CAUSES and len(heading.split()) > MAX_NAME_WORDS
    ):
        return None
    return section


def _infer_section(block: MarkdownBlock, section: Section | None) -> Section | None:
    """Return the section that a labelled paragraph (“Impact: …”) or a list of times belongs to."""
    if block.kind in ("item", "paragraph") and begins_action(block.text):
        is_promise = section in PROMISE_SECTIONS or bool(parse_labelled_fields(block.text))
        return Section.ACTIONS if is_promise else section
    if section not in OPEN_SECTIONS or block.kind == "metadata":
        return section
    if block.kind == "row" and (named := _find_row_section(block)):
        return named
    if block.kind == "paragraph" and section is None and begins_with_time(block.text):
        return Section.TIMELINE
    if block.kind in ("item", "row") and TIME.match(block.text.strip("| ")):
        return Section.TIMELINE
    label = _LABEL.match(block.text) if block.kind in ("paragraph", "item") else None
    return (find_section(label[1]) if label else None) or section


def _find_row_section(row: MarkdownBlock) -> Section | None:
    """Return the section that the first of two cells names: “| Impact | 1,200 orders failed |”."""
    name = convert_to_plain_text(row.cells[0]) if len(row.cells) == len(("name", "value")) else ""
    is_name = 0 < len(name.split()) <= MAX_LABEL_WORDS and bool(row.cells[1])
    return find_section(name) if is_name else None

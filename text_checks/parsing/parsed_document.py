"""Parse a post-mortem document into its timeline, causes, actions and other sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from models.document import Section
from rules.gates.gates import REQUIRED_SECTIONS
from text_checks.parsing.action_items import ActionItem, parse_action_items
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.causes import CauseChain, parse_cause_chains
from text_checks.parsing.headings import find_section
from text_checks.parsing.section_assignment import TIME, assign_sections

HEADING_KINDS = ("heading", "columns")
MAX_COLUMN_NAME_WORDS = 2


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A parsed document: the text of each section, its cause chains and its action items.

    `headings` are all headings and column names; `unplaced` is every other piece that belongs to
    no section: together with `section_texts` and `actions` they hold each word of the document.
    `section_ends` is the last line of each section.
    """

    title: str
    headings: tuple[str, ...]
    section_texts: dict[Section, tuple[str, ...]]
    chains: tuple[CauseChain, ...]
    actions: tuple[ActionItem, ...]
    unplaced: tuple[str, ...]
    section_ends: dict[Section, int]

    @property
    def timeline(self) -> tuple[str, ...]:
        """Return the entries of the timeline."""
        return self.section_texts.get(Section.TIMELINE, ())

    @property
    def timeline_heading(self) -> str:
        """Return the heading of the timeline, which may name its time zone."""
        headings = (
            heading for heading in self.headings if find_section(heading) is Section.TIMELINE
        )
        return next(headings, "")

    @property
    def sections(self) -> tuple[Section, ...]:
        """List the sections that hold text."""
        return tuple(section for section in Section if section in self.section_texts)

    @property
    def missing(self) -> tuple[Section, ...]:
        """List the sections that the draft gate requires and that hold no text."""
        return tuple(section for section in REQUIRED_SECTIONS if section not in self.section_texts)


def parse_document(text: str) -> ParsedDocument:
    """Parse a Markdown document; every piece of it lands in a section, an action or `unplaced`."""
    pieces = list(_attach_columns(assign_sections(text)))
    headings = [block for _, block, _ in pieces if block.kind == "heading"]
    columns = [" | ".join(block.cells) for _, block, _ in pieces if block.kind == "columns"]
    actions = parse_action_items(
        [(block, names) for section, block, names in pieces if section is Section.ACTIONS]
    )
    texts: dict[Section, list[str]] = {}
    ends = {section: block.end for section, block, _ in pieces if section is not None}
    for section, block, _ in pieces:
        if section is not None and _is_body_text(section, block):
            texts.setdefault(section, []).append(block.text)
    return ParsedDocument(
        title=next((block.text for block in headings if block.depth == 1), ""),
        headings=(*(block.text for block in headings), *columns),
        section_texts={section: tuple(lines) for section, lines in texts.items()},
        chains=parse_cause_chains(
            block for section, block, _ in pieces if section is Section.CAUSES
        ),
        actions=tuple(actions or map(ActionItem, texts.get(Section.ACTIONS, ()))),
        unplaced=tuple(
            b.text for section, b, _ in pieces if section is None and b.kind not in HEADING_KINDS
        ),
        section_ends=ends,
    )


def _is_body_text(section: Section, block: MarkdownBlock) -> bool:
    """Return whether a block is text of its section, not only its name; a time may be both."""
    if block.kind == "heading":
        return section is Section.TIMELINE and TIME.match(block.text) is not None
    return block.kind != "columns"


def _attach_columns(
    pieces: Iterable[tuple[Section | None, MarkdownBlock]],
) -> Iterator[tuple[Section | None, MarkdownBlock, tuple[str, ...]]]:
    """Yield each table row with the names of its columns; a header row is a block of its own."""
    names: tuple[str, ...] = ()
    placed_blocks = list(pieces)
    last = 0
    for (section, block), next_block in zip_longest(
        placed_blocks, [block for _, block in placed_blocks[1:]]
    ):
        is_continued = block.kind == "row" and block.line == last + 1
        last = block.end if block.kind == "row" else 0
        names = names if is_continued else ()
        if block.kind == "row" and not is_continued and _is_header(block, next_block):
            names = block.cells
            yield section, replace(block, kind="columns"), ()
        elif block.kind != "row" or block.text:
            yield section, block, names


def _is_header(block: MarkdownBlock, next_block: MarkdownBlock | None) -> bool:
    """Return whether a table's first row names its columns: a rule below it, or short cells."""
    is_ruled = next_block is not None and next_block.kind == "row" and not next_block.text
    return bool(block.text) and (
        is_ruled or all(len(cell.split()) <= MAX_COLUMN_NAME_WORDS for cell in block.cells)
    )

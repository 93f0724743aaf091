"""Parse a post-mortem document into its timeline, causes, actions and other sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.document import Section
from rules.gates.gates import REQUIRED_SECTIONS
from text_checks.front_matter import parse_front_matter
from text_checks.parsing.action_items import ActionItem, is_placeholder, parse_action_items
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.causes import CauseChain, parse_cause_chains
from text_checks.parsing.section_assignment import TIME, assign_sections
from text_checks.parsing.table_columns import Piece
from text_checks.parsing.table_headers import PlacedBlock, attach_columns
from text_checks.plain_text import convert_to_plain_text
from text_checks.timeline.entry_times import find_stated_zone

NAME_KINDS = ("heading", "columns", "metadata")

_TITLE_LINE = re.compile(
    r"\s{0,20}[*_]{0,2}title[*_]{0,2}\s?:[*_]{0,2}\s+(\S.{0,300})", re.IGNORECASE
)

UNREAD_TABLE = (
    "No action was read from this table. Put each into a row of its own, in a column “Action”."
)
UNREAD_HTML = "No action was read from this table, which is HTML. Write it as a Markdown table."
UNREAD_PROSE = (
    "No action was read from this text. Write each as an item of a list, or as a row of a table."
)


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """A part of the actions that gives no action: its first line and words, and what is wrong."""

    line: int
    passage: str
    problem: str


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A parsed document: the text of each section, its cause chains and its action items.

    `headings` are all headings and column names; `unplaced` is every other piece that belongs to
    no section: together with `section_texts` and `actions` they hold each word of the document.
    `section_ends` is the last line of each section, `metadata` the front matter by key, and
    `unread` what stands among the actions and gives none. `timeline_heading` is what names the
    time zone of the timeline: its heading, its columns, or a sentence about all times.
    """

    title: str
    headings: tuple[str, ...]
    section_texts: dict[Section, tuple[str, ...]]
    chains: tuple[CauseChain, ...]
    actions: tuple[ActionItem, ...]
    unplaced: tuple[str, ...]
    section_ends: dict[Section, int]
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[UnreadPart, ...] = ()
    timeline_heading: str = ""

    @property
    def timeline(self) -> tuple[str, ...]:
        """Return the entries of the timeline."""
        return self.section_texts.get(Section.TIMELINE, ())

    @property
    def sections(self) -> tuple[Section, ...]:
        """List the sections that hold text."""
        return tuple(section for section in Section if section in self.section_texts)

    @property
    def missing(self) -> tuple[Section, ...]:
        """List the sections that the draft gate requires and that hold no text."""
        return tuple(section for section in REQUIRED_SECTIONS if section not in self.section_texts)


def parse_document(text: str) -> ParsedDocument:
    """Parse a Markdown document.

    Every piece of it lands in a section, an action, the metadata or `unplaced`.
    """
    pieces = list(attach_columns(assign_sections(text)))
    headings = [block for _, block, _ in pieces if block.kind == "heading"]
    columns = [block.text for _, block, _ in pieces if block.kind == "columns"]
    action_pieces = [(block, names) for part, block, names in pieces if part is Section.ACTIONS]
    actions = parse_action_items(action_pieces)
    metadata = _parse_metadata([block for _, block, _ in pieces])
    texts: dict[Section, list[str]] = {}
    for section, block, _ in pieces:
        if section is not None and _is_body_text(section, block):
            texts.setdefault(section, []).append(block.text)
    return ParsedDocument(
        title=_find_title(headings, metadata, text),
        headings=(*(block.text for block in headings), *columns),
        section_texts={section: tuple(lines) for section, lines in texts.items()},
        chains=parse_cause_chains(
            block for section, block, _ in pieces if section is Section.CAUSES
        ),
        actions=tuple(actions or map(ActionItem, texts.get(Section.ACTIONS, ()))),
        unplaced=tuple(
            b.text for section, b, _ in pieces if section is None and b.kind not in NAME_KINDS
        ),
        section_ends=_find_section_ends(pieces),
        metadata=metadata,
        unread=tuple(_list_unread(action_pieces, actions)),
        timeline_heading="\n".join(_list_zone_statements(pieces)),
    )


def _parse_metadata(blocks: Sequence[MarkdownBlock]) -> Mapping[str, tuple[str, ...]]:
    first = blocks[0] if blocks else None
    is_metadata = first is not None and first.kind == "metadata"
    return parse_front_matter(first.raw.split("\n")) if first and is_metadata else {}


def _find_title(
    headings: Sequence[MarkdownBlock], metadata: Mapping[str, tuple[str, ...]], text: str
) -> str:
    """Find the title: the first heading of its level, or what front matter or a line says it is."""
    own = next((block.text for block in headings if block.depth == 1 and block.text), "")
    stated = _TITLE_LINE.match(text)
    named = convert_to_plain_text(stated[1]) if stated else ""
    return own or next(iter(metadata.get("title", ())), "") or named


def _find_section_ends(
    pieces: Sequence[PlacedBlock],
) -> dict[Section, int]:
    """Return the last line of each section; what belongs to another one ends neither."""
    ends: dict[Section, int] = {}
    announced: Section | None = None
    for section, block, _ in pieces:
        announced = section if block.kind == "heading" else announced
        is_elsewhere = block.kind in ("row", "columns") or section is Section.ACTIONS
        is_aside = is_elsewhere and section is not announced
        if section is not None and not is_aside:
            ends[section] = block.end
    return ends


def _list_zone_statements(
    pieces: Sequence[PlacedBlock],
) -> Iterator[str]:
    """Yield what names the zone of the timeline, the nearest first."""
    timeline = [block for section, block, _ in pieces if section is Section.TIMELINE]
    for kind in ("heading", "columns"):
        yield from (block.text for block in timeline if block.kind == kind)
    for section, block, _ in pieces:
        is_prose = block.kind in ("paragraph", "item", "heading")
        is_prose = is_prose and section is not Section.TIMELINE
        if is_prose and find_stated_zone(block.text):
            yield block.text


def _list_unread(pieces: Sequence[Piece], actions: Sequence[ActionItem]) -> Iterator[UnreadPart]:
    """Yield each table and each text among the actions of which nothing becomes an action."""
    read_lines = {number for item in actions for number in range(item.line, item.end + 1)}
    for rows, names in _group_rows(pieces):
        is_read = any(row.line in read_lines for row in rows)
        if not is_read and not all(is_placeholder(cell) for row in rows for cell in row.cells):
            passage = " | ".join(names) or rows[0].text
            yield UnreadPart(rows[0].line, passage, UNREAD_TABLE)
    others = [block for block, _ in pieces if block.kind in ("paragraph", "code")]
    html = next((block for block in others if "<tr" in block.raw.lower()), None)
    prose = next((block for block in others if not is_placeholder(block.text)), None)
    if html is not None:
        yield UnreadPart(html.line, html.text, UNREAD_HTML)
    elif not actions and prose is not None:
        yield UnreadPart(prose.line, prose.text, UNREAD_PROSE)


def _group_rows(pieces: Sequence[Piece]) -> Iterator[tuple[list[MarkdownBlock], tuple[str, ...]]]:
    """Yield the rows of each table with the names of its columns."""
    rows: list[MarkdownBlock] = []
    names: tuple[str, ...] = ()
    for block, header in pieces:
        if rows and (block.kind != "row" or header != names):
            yield rows, names
            rows = []
        if block.kind == "row":
            rows, names = [*rows, block], header
    if rows:
        yield rows, names


def _is_body_text(section: Section, block: MarkdownBlock) -> bool:
    """Return whether a block is text of its section, not only its name; a time may be both."""
    if block.kind == "heading":
        return section is Section.TIMELINE and TIME.match(block.text) is not None
    return block.kind not in NAME_KINDS

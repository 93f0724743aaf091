"""Merge the notes of a meeting into a document, each piece where a reader would put it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.document import Section
from text_checks.insertion.action_insertion import find_table, format_action_row, format_item
from text_checks.insertion.timeline_insertion import LineInsertion, NewEntry, insert_entries
from text_checks.parsing.action_items import ActionItem, parse_action_items
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.causes import parse_cause_chains
from text_checks.parsing.headings import find_section
from text_checks.parsing.labelled_fields import begins_action
from text_checks.parsing.parsed_document import ParsedDocument, parse_document
from text_checks.parsing.section_assignment import assign_sections
from text_checks.parsing.table_headers import PlacedBlock, attach_columns
from text_checks.plain_text import normalize_wording
from text_checks.table_rows import is_ruler
from text_checks.timeline.time_forms import begins_with_time, split_time

MAX_NAME_WORDS = 3
NOTES_HEADING = "Notes of the meeting"
NEW_LEVEL = 2
"""Level of the heading of a section that the document lacks."""

MAX_LEVEL = 6
_TASK = re.compile(r"\s*[-*+•]\s+\[[ xX]\]\s")
_MARKER = re.compile(r"\s*(?:(?:[-*+•]|\d{1,4}[.)])[ \t]+)?")
_ATX = re.compile(r" {0,3}#{1,6}(?=\s|$)")


@dataclass(frozen=True, slots=True)
class MergedNotes:
    """A document with notes merged in, the sections that got some, and how many lines had none."""

    text: str
    sections: tuple[Section, ...]
    unplaced: int


@dataclass(slots=True)
class _Merge:
    """A merge under way: what is inserted, and which lines of the notes are placed by that."""

    reading: ParsedDocument
    document: list[PlacedBlock]
    notes: list[PlacedBlock]
    lines: list[str]
    insertions: list[LineInsertion] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)


def merge_notes(document: str, notes: str, heading: str = NOTES_HEADING) -> MergedNotes:
    """Return the document with each note in its section, and the rest at the end, under `heading`.

    Times go into the timeline in their order, actions into the table of actions, and all else to
    the end of its section. Every line of the document stays as it is, and all words of the notes
    but comments, front matter, headings that name a section or keep nothing below them, and actions
    that the document has.
    """
    merge = _Merge(
        parse_document(document),
        list(attach_columns(assign_sections(document))),
        list(_place_notes(notes)),
        notes.split("\n"),
    )
    _place_times(merge)
    _place_actions(merge)
    _place_causes(merge)
    grouped = _group_by_section(merge)
    lines = document.rstrip("\n").split("\n") if document.strip() else []
    ends = merge.reading.section_ends
    for section in ends.keys() & grouped.keys():
        merge.insertions.append(LineInsertion(ends[section], ("", *grouped[section])))
    insertions = merge.insertions[::-1]
    insertions.sort(key=lambda each: -each.after)
    for insertion in insertions:
        lines[insertion.after : insertion.after] = insertion.lines
    for section in (*Section, None):
        if section in grouped and section not in ends:
            name = heading if section is None else section.capitalize()
            lines += [*([""] if lines else []), f"## {name}", "", *grouped[section]]
    touched = {section for section, block, _ in merge.notes if _is_kept(block)}
    return MergedNotes(
        "\n".join(lines) + "\n",
        tuple(section for section in Section if section in touched),
        len(grouped.get(None, ())),
    )


def _place_notes(notes: str) -> Iterator[PlacedBlock]:
    """Yield the blocks of notes with their sections: times and tasks are what they are anywhere."""
    lines = notes.split("\n")
    above: tuple[int, Section | None] | None = None
    for section, block, names in attach_columns(assign_sections(notes)):
        if above is not None and block.kind in ("item", "paragraph") and block.depth > above[0]:
            yield above[1], block, names
            continue
        own = _find_own_section(section, block, lines)
        has_parts = own in (Section.ACTIONS, Section.TIMELINE) and block.kind == "item"
        above = (block.depth, own) if has_parts else None
        yield own, block, names


def _find_own_section(
    section: Section | None, block: MarkdownBlock, lines: Sequence[str]
) -> Section | None:
    """Return the section of a note: a time or a task has its own, unless it is below a cause."""
    is_line = block.kind == "paragraph" or (block.kind == "item" and not block.depth)
    if section in (Section.ACTIONS, Section.TIMELINE) or not is_line:
        return section
    if _TASK.match(lines[block.line - 1]):
        return Section.ACTIONS
    return Section.TIMELINE if begins_with_time(block.text) else section


def _place_times(merge: _Merge) -> None:
    """Place the notes that state a time in the timeline of the document, if it has one."""
    entries: list[NewEntry] = []
    used: set[int] = set()
    depth = 0
    for section, block, _ in merge.notes:
        if section is not Section.TIMELINE or block.kind not in ("item", "row", "paragraph"):
            continue
        if split_time(block.text).at is not None:
            entries.append(_build_entry(merge.lines, block))
            depth = block.depth
        elif entries and block.depth > depth:
            below = (*entries[-1].below, *merge.lines[block.line - 1 : block.end])
            entries[-1] = replace(entries[-1], below=below)
        else:
            continue
        used |= set(range(block.line, block.end + 1))
    names = [
        block
        for section, block, _ in merge.notes
        if section is Section.TIMELINE and block.kind in ("heading", "columns")
    ]
    zone_text = "\n".join(block.text for block in names)
    insertions = insert_entries(merge.document, entries, zone_text) if entries else None
    if insertions is None:
        _make_items(merge)
    else:
        headers = {n for block in names if block.kind == "columns" for n in _list_header(block)}
        merge.insertions += insertions
        merge.placed |= used | headers


def _build_entry(lines: Sequence[str], block: MarkdownBlock) -> NewEntry:
    if block.kind == "row":
        return NewEntry(block.text, (block.text,))
    first, *rest = lines[block.line - 1 : block.end]
    return NewEntry(block.raw, (_MARKER.sub("", first, count=1), *rest))


def _make_items(merge: _Merge) -> None:
    """Turn the paragraphs of a timeline into items of a list."""
    for section, block, _ in merge.notes:
        is_paragraph = section is Section.TIMELINE and block.kind == "paragraph"
        if is_paragraph and split_time(block.text).at is not None:
            merge.lines[block.line - 1] = f"- {merge.lines[block.line - 1].lstrip()}"


def _list_header(block: MarkdownBlock) -> tuple[int, int]:
    """Return the lines of a table's header and of its ruler."""
    return block.line, block.end + 1


def _place_actions(merge: _Merge) -> None:
    """Place actions in the document's table of actions; without one, each as an item of a list."""
    pieces = [(block, names) for part, block, names in merge.notes if part is Section.ACTIONS]
    items = parse_action_items(pieces)
    known = {normalize_wording(item.text) for item in merge.reading.actions}
    new = [item for item in items if normalize_wording(item.text) not in known]
    table = find_table(merge.document)
    if table is None:
        texts = {block.line: block.text for block, _ in pieces}
        for item in items:
            if begins_action(texts[item.line]):
                merge.lines[item.line - 1 : item.end] = [
                    format_item(item),
                    *[""] * (item.end - item.line),
                ]
        return
    after, names = table
    depths = {block.line: block.depth for block, _ in pieces if block.kind == "item"}
    rows = [format_action_row(names, item) for item in _join_parts(new, depths)]
    merge.insertions += [LineInsertion(after, (row,)) for row in rows]
    headers = (n for block, _ in pieces if block.kind == "columns" for n in _list_header(block))
    merge.placed |= {n for item in items for n in range(item.line, item.end + 1)} | set(headers)


def _join_parts(items: Sequence[ActionItem], depths: Mapping[int, int]) -> list[ActionItem]:
    """Return the actions with what is indented below one in its text: a table has no levels."""
    joined: list[ActionItem] = []
    depth = 0
    for item in items:
        own_depth = depths.get(item.line, 0)
        if joined and own_depth > depth:
            text = f"{joined[-1].text.rstrip('.')}: {item.text}"
            joined[-1] = replace(joined[-1], text=text, end=item.end)
            continue
        joined.append(item)
        depth = own_depth
    return joined


def _place_causes(merge: _Merge) -> None:
    """Place causes as headings where the document has them so; what it says already is left out."""
    blocks = [block for section, block, _ in merge.notes if section is Section.CAUSES]
    level = max((b.depth for b in _list_cause_headings(merge)), default=0)
    known = {normalize_wording(text) for c in merge.reading.chains for text in (c.symptom, *c.whys)}
    for chain in parse_cause_chains(blocks):
        whys = [why for why in chain.whys if normalize_wording(why) not in known]
        is_known = normalize_wording(chain.symptom) in known and not whys
        if is_known or level:
            for first, last in chain.line_ranges:
                merge.placed |= set(range(first, last + 1))
        if level and not is_known:
            lines = ("", f"{'#' * level} {chain.symptom}", "", *_number(chain.whys))
            merge.insertions.append(
                LineInsertion(merge.reading.section_ends[Section.CAUSES], lines)
            )


def _list_cause_headings(merge: _Merge) -> Iterator[MarkdownBlock]:
    """Yield the headings that are causes in the document."""
    lines = {chain.line for chain in merge.reading.chains}
    for section, block, _ in merge.document:
        is_heading = block.kind == "heading" and block.depth <= MAX_LEVEL
        if section is Section.CAUSES and is_heading and block.line in lines:
            yield block


def _number(texts: Sequence[str]) -> Iterator[str]:
    return (f"{number}. {text}" for number, text in enumerate(texts, 1))


def _group_by_section(merge: _Merge) -> dict[Section | None, list[str]]:
    """Return the remaining lines of the notes by section; a gap between two blocks is kept."""
    shifts = _find_level_shifts(merge)
    kept = _list_kept_blocks(merge)
    grouped: dict[Section | None, list[str]] = {}
    last = 0
    for section, block, _ in merge.notes:
        if block.line not in kept:
            last = block.end
            continue
        section_lines = grouped.setdefault(section, [])
        if section_lines and block.line > last + 1:
            section_lines.append("")
        last = block.end
        if block.kind == "columns" and is_ruler("".join(merge.lines[last : last + 1])):
            last += 1
        if block.kind == "heading":
            section_lines += _format_heading(merge.lines, block, shifts.get(section, 0))
        else:
            section_lines += merge.lines[block.line - 1 : last]
    return grouped


def _list_kept_blocks(merge: _Merge) -> set[int]:
    """Return the lines of the blocks that remain; a heading only if what was below it does, too."""
    kept: set[int] = set()
    next_kept: dict[Section | None, MarkdownBlock] = {}
    next_block: MarkdownBlock | None = None
    for section, block, _ in reversed(merge.notes):
        is_emptied = _has_content(block, next_block) and not _has_content(
            block, next_kept.get(section)
        )
        next_block = block
        is_placed = block.line in merge.placed or not _is_kept(block)
        if is_placed or (block.kind == "heading" and is_emptied):
            continue
        kept.add(block.line)
        next_kept[section] = block
    return kept


def _has_content(heading: MarkdownBlock, following: MarkdownBlock | None) -> bool:
    """Return whether the block that follows a heading stands below it."""
    if following is None:
        return False
    return following.kind != "heading" or following.depth > heading.depth


def _is_kept(block: MarkdownBlock) -> bool:
    """Return whether a block of the notes says something: no heading that only names a section."""
    is_name = find_section(block.text) is not None and len(block.text.split()) <= MAX_NAME_WORDS
    return block.kind != "metadata" and not (block.kind == "heading" and is_name)


def _find_level_shifts(merge: _Merge) -> dict[Section | None, int]:
    """Return by how many levels the headings of each section are moved, to stand below its own."""
    own_levels = {
        section: block.depth
        for section, block, _ in reversed(merge.document)
        if block.kind == "heading" and block.depth <= MAX_LEVEL and not _is_kept(block)
    }
    top_levels: dict[Section | None, int] = {}
    for section, block, _ in merge.notes:
        if block.kind == "heading" and block.depth <= MAX_LEVEL and _is_kept(block):
            top_levels[section] = min(block.depth, top_levels.get(section, MAX_LEVEL))
    return {
        section: max(0, own_levels.get(section, NEW_LEVEL) + 1 - level)
        for section, level in top_levels.items()
    }


def _format_heading(lines: Sequence[str], block: MarkdownBlock, shift: int) -> list[str]:
    if block.depth > MAX_LEVEL:
        return list(lines[block.line - 1 : block.end])
    marks = "#" * min(block.depth + shift, MAX_LEVEL)
    if _ATX.match(lines[block.line - 1]):
        return [_ATX.sub(marks, lines[block.line - 1], count=1)]
    return [f"{marks} {block.raw}"]

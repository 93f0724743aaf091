"""Merge the notes of a meeting into the sections of a document."""

from __future__ import annotations

from dataclasses import dataclass

from models.document import Section
from text_checks.parsing.headings import find_section
from text_checks.parsing.parsed_document import parse_document
from text_checks.parsing.section_assignment import assign_sections

MAX_NAME_WORDS = 3
NOTES_HEADING = "Notes of the meeting"


@dataclass(frozen=True, slots=True)
class MergedNotes:
    """A document with notes merged in, the sections that got some, and how many lines had none."""

    text: str
    sections: tuple[Section, ...]
    unplaced: int


def merge_notes(document: str, notes: str) -> MergedNotes:
    """Return the document with each note at the end of its section, and the rest at the very end.

    Every line of the document stays as it is, and every line of the notes but comments and the
    headings that name a section.
    """
    grouped = _group_by_section(notes)
    lines = document.rstrip("\n").split("\n") if document.strip() else []
    ends = parse_document(document).section_ends
    for section in sorted(ends.keys() & grouped.keys(), key=lambda s: -ends[s]):
        lines[ends[section] : ends[section]] = ["", *grouped[section]]
    for section in (*Section, None):
        if section in grouped and section not in ends:
            name = NOTES_HEADING if section is None else section.capitalize()
            lines += [*([""] if lines else []), f"## {name}", "", *grouped[section]]
    sections = tuple(section for section in Section if section in grouped)
    return MergedNotes("\n".join(lines) + "\n", sections, len(grouped.get(None, ())))


def _is_section_name(heading: str) -> bool:
    """Return whether a heading names a section and says nothing else."""
    return find_section(heading) is not None and len(heading.split()) <= MAX_NAME_WORDS


def _group_by_section(notes: str) -> dict[Section | None, list[str]]:
    """Return the lines of the notes by section; a gap between two blocks is kept."""
    lines = notes.split("\n")
    grouped: dict[Section | None, list[str]] = {}
    last = 0
    for section, block in assign_sections(notes):
        if block.kind == "heading" and _is_section_name(block.text):
            last = block.end
            continue
        section_lines = grouped.setdefault(section, [])
        if section_lines and block.line > last + 1:
            section_lines.append("")
        section_lines += lines[block.line - 1 : block.end]
        last = block.end
    return grouped

"""Notes of a meeting, put into the sections of a document to which they belong."""

from __future__ import annotations

from dataclasses import dataclass

from models.document import Section
from words.reading import placed, read, section_of

FEW_WORDS = 3
NOTES = "Notes of the meeting"


@dataclass(frozen=True, slots=True)
class Joined:
    """A document with notes in it: which sections took some, and how many lines had none."""

    text: str
    sections: tuple[Section, ...]
    unplaced: int


def joined(document: str, notes: str) -> Joined:
    """Put each piece of the notes at the end of its section; what has none comes last of all.

    Every line of the document stays as it is, and every line of the notes but comments and the
    headings that name a section.
    """
    piles = _piles(notes)
    lines = document.rstrip("\n").split("\n") if document.strip() else []
    ends = read(document).ends
    for section in sorted(ends.keys() & piles.keys(), key=lambda s: -ends[s]):
        lines[ends[section] : ends[section]] = ["", *piles[section]]
    for section in (*Section, None):
        if section in piles and section not in ends:
            name = NOTES if section is None else section.capitalize()
            lines += [*([""] if lines else []), f"## {name}", "", *piles[section]]
    sections = tuple(section for section in Section if section in piles)
    return Joined("\n".join(lines) + "\n", sections, len(piles.get(None, ())))


def _is_bare_name(heading: str) -> bool:
    """Tell whether a heading names a section and says nothing else."""
    return section_of(heading) is not None and len(heading.split()) <= FEW_WORDS


def _piles(notes: str) -> dict[Section | None, list[str]]:
    """Collect the lines of the notes by section; a gap between two pieces stays a gap."""
    lines = notes.split("\n")
    piles: dict[Section | None, list[str]] = {}
    last = 0
    for section, block in placed(notes):
        if block.kind == "heading" and _is_bare_name(block.text):
            last = block.end
            continue
        pile = piles.setdefault(section, [])
        if pile and block.line > last + 1:
            pile.append("")
        pile += lines[block.line - 1 : block.end]
        last = block.end
    return piles

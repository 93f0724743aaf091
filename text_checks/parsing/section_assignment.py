"""Assign the blocks of a document to its sections, by headings, labels and times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.document import Section
from text_checks.parsing.blocks import MarkdownBlock, parse_blocks
from text_checks.parsing.headings import find_section

TIME = re.compile(
    r"\W{0,4}(?:(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?"
    r"|(?:on )?[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?)"
    r"(?:,? \d{4})?[\sT,–—:-]{0,4})?(?:\(?~?\d{1,2}[:.h]\d\d(?::\d\d)?|T\+\d+"
    r"|\d{1,2} ?[ap]m\b|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:\*\*|__)?([A-Z][\w '’-]{2,40}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(\S.*)", re.DOTALL
)
MAX_NAME_WORDS = 2
"""Below causes, a heading of at most so many words names a section; a longer one is a cause."""


def assign_sections(text: str) -> Iterator[tuple[Section | None, MarkdownBlock]]:
    """Yield each block with its section: that of its heading, or of the heading above."""
    above: list[tuple[int, Section | None]] = []
    for block in parse_blocks(text):
        if block.kind == "heading":
            above = [(depth, section) for depth, section in above if depth < block.depth]
            outer_section = next((section for _, section in reversed(above) if section), None)
            own_section = _find_announced_section(block.text, outer_section) or outer_section
            above.append((block.depth, own_section))
            yield own_section, block
            continue
        section = above[-1][1] if above else None
        yield _infer_section(block, section), block


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
    if section is not None and section is not Section.SUMMARY:
        return section
    if block.kind in ("item", "row") and TIME.match(block.text.strip("| ")):
        return Section.TIMELINE
    label = _LABEL.match(block.text) if block.kind in ("paragraph", "item") else None
    return (find_section(label[1]) if label else None) or section

"""A post-mortem read as a reader would: timeline, causes, actions, what went well, and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from models.document import Section
from models.errors import Malformed
from rules.gates import REQUIRED_SECTIONS
from words.reading.blocks import Block, blocks
from words.reading.chains import Chain, chains
from words.reading.headings import section_of
from words.reading.promises import Promise, promises
from words.reading.template import template

__all__ = ["Chain", "Promise", "Reading", "decoded", "placed", "read", "section_of", "template"]

LARGEST = 512 * 1024
"""Octets of the largest document taken."""

_TIME = re.compile(
    r"\W{0,4}(?:(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?"
    r"|(?:on )?[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?)"
    r"(?:,? \d{4})?[\sT,–—:-]{0,4})?(?:\(?~?\d{1,2}[:.h]\d\d(?::\d\d)?|T\+\d+"
    r"|\d{1,2} ?[ap]m\b|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:\*\*|__)?([A-Z][\w '’-]{2,40}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(\S.*)", re.DOTALL
)
FEW_WORDS = 2
"""A heading below causes of so many words names another section; a longer one is a cause."""

NAMING = ("heading", "columns")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found where.

    `headings` are all headings and column names, `unplaced` every other piece that belongs to
    none of the parts: together with parts and actions they hold each word of the document. `ends`
    is the last line of each section.
    """

    title: str
    headings: tuple[str, ...]
    parts: dict[Section, tuple[str, ...]]
    chains: tuple[Chain, ...]
    actions: tuple[Promise, ...]
    unplaced: tuple[str, ...]
    ends: dict[Section, int]

    @property
    def timeline(self) -> tuple[str, ...]:
        """Give the entries of the timeline."""
        return self.parts.get(Section.TIMELINE, ())

    @property
    def timeline_heading(self) -> str:
        """Give the heading of the timeline, which may name its zone."""
        own = (h for h in self.headings if section_of(h) is Section.TIMELINE)
        return next(own, "")

    @property
    def sections(self) -> tuple[Section, ...]:
        """List the sections that hold text."""
        return tuple(section for section in Section if section in self.parts)

    @property
    def missing(self) -> tuple[Section, ...]:
        """List the sections that the draft gate asks for and that hold no text."""
        return tuple(section for section in REQUIRED_SECTIONS if section not in self.parts)


def decoded(raw: bytes) -> str:
    """Take a document as it came in: UTF-8, up to 512 KiB, with any line ends.

    Raises Malformed saying what is wrong with it.
    """
    if len(raw) > LARGEST:
        raise Malformed(
            f"The document has {len(raw) // 1024} KiB; the largest taken is {LARGEST // 1024} KiB. "
            "Put logs and pictures elsewhere and link them."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        raise Malformed(f"The document is not UTF-8: see line {line}. Save it as UTF-8.") from None
    if "\0" in text:
        raise Malformed("The document holds a NUL; it seems to be a binary file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(text: str) -> Reading:
    """Read a Markdown document; every piece of it lands in a part, an action, or `unplaced`."""
    told = list(_with_columns(placed(text)))
    headings = [block for _, block, _ in told if block.kind == "heading"]
    columns = [" | ".join(block.cells) for _, block, _ in told if block.kind == "columns"]
    actions = promises([(block, names) for part, block, names in told if part is Section.ACTIONS])
    kept: dict[Section, list[str]] = {}
    ends = {part: block.end for part, block, _ in told if part is not None}
    for part, block, _ in told:
        if part is not None and _is_told(part, block):
            kept.setdefault(part, []).append(block.text)
    return Reading(
        title=next((block.text for block in headings if block.depth == 1), ""),
        headings=(*(block.text for block in headings), *columns),
        parts={part: tuple(said) for part, said in kept.items()},
        chains=chains(block for part, block, _ in told if part is Section.CAUSES),
        actions=tuple(actions or map(Promise, kept.get(Section.ACTIONS, ()))),
        unplaced=tuple(b.text for part, b, _ in told if part is None and b.kind not in NAMING),
        ends=ends,
    )


def _is_told(part: Section, block: Block) -> bool:
    """Tell whether a block is part of the text, not a name above it; a time may be both."""
    if block.kind == "heading":
        return part is Section.TIMELINE and _TIME.match(block.text) is not None
    return block.kind != "columns"


def _with_columns(
    pieces: Iterable[tuple[Section | None, Block]],
) -> Iterator[tuple[Section | None, Block, tuple[str, ...]]]:
    """Give each table row the names of its columns; the row of names becomes one of its own."""
    names: tuple[str, ...] = ()
    told = list(pieces)
    last = 0
    for (part, block), after in zip_longest(told, [block for _, block in told[1:]]):
        goes_on = block.kind == "row" and block.line == last + 1
        last = block.end if block.kind == "row" else 0
        names = names if goes_on else ()
        if block.kind == "row" and not goes_on and _is_header(block, after):
            names = block.cells
            yield part, replace(block, kind="columns"), ()
        elif block.kind != "row" or block.text:
            yield part, block, names


def placed(text: str) -> Iterator[tuple[Section | None, Block]]:
    """Give each block with the part it belongs to: its heading's, or that of the heading above."""
    above: list[tuple[int, Section | None]] = []
    for block in blocks(text):
        if block.kind == "heading":
            above = [(depth, part) for depth, part in above if depth < block.depth]
            outer = next((part for _, part in reversed(above) if part), None)
            own = _own_section(block.text, outer) or outer
            above.append((block.depth, own))
            yield own, block
            continue
        part = above[-1][1] if above else None
        yield _by_itself(block, part), block


def _own_section(heading: str, outer: Section | None) -> Section | None:
    """Say what a heading announces; below causes and actions most words name one of these."""
    if _TIME.match(heading):
        return Section.TIMELINE
    own = section_of(heading)
    if outer is Section.ACTIONS or (outer is Section.CAUSES and len(heading.split()) > FEW_WORDS):
        return None
    return own


def _by_itself(block: Block, part: Section | None) -> Section | None:
    """Let a labelled paragraph (“Impact: …”) or a list of times speak for itself."""
    if part is not None and part is not Section.SUMMARY:
        return part
    if block.kind in ("item", "row") and _TIME.match(block.text.strip("| ")):
        return Section.TIMELINE
    labelled = _LABELLED.match(block.text) if block.kind in ("paragraph", "item") else None
    return (section_of(labelled[1]) if labelled else None) or part


def _is_header(block: Block, after: Block | None) -> bool:
    """Tell whether a table's first row names its columns: by a line under it, or by few words."""
    is_ruled = after is not None and after.kind == "row" and not after.text
    return bool(block.text) and (is_ruled or all(len(c.split()) <= FEW_WORDS for c in block.cells))

"""A post-mortem read as a reader would: timeline, causes, actions, what went well, and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from words.actions import stated
from words.reading.blocks import Block, blocks
from words.reading.headings import Part, part_of
from words.reading.template import template

__all__ = ["Part", "Promise", "Reading", "part_of", "read", "template"]

_TIME = re.compile(
    r"\W{0,4}(?:(?:\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?"
    r"|(?:on )?[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?)"
    r"(?:,? \d{4})?[\sT,–—:-]{0,4})?(?:\(?~?\d{1,2}[:.h]\d\d(?::\d\d)?|T\+\d+"
    r"|\d{1,2} ?[ap]m\b|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_OWNER = re.compile(r"owner|assignee|who|responsible|dri|person", re.IGNORECASE)
_DUE = re.compile(r"due|when|date|deadline|eta|target|until", re.IGNORECASE)
_TEXT = re.compile(
    r"action|item|task|what|description|todo|follow|title|step|improvement", re.IGNORECASE
)
_LABELLED = re.compile(
    r"(?:\*\*|__)?([A-Z][\w '’-]{2,40}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(\S.*)", re.DOTALL
)
FEW_WORDS = 2
LISTED = ("item", "row")
NAMING = ("heading", "columns")


@dataclass(frozen=True, slots=True)
class Promise:
    """An action as it stands in a document; owner and due as they are written, or ""."""

    text: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found where.

    `headings` are all headings and column names, `unplaced` every other piece that belongs to
    none of the parts: together with parts and actions they hold each word of the document.
    """

    title: str
    headings: tuple[str, ...]
    parts: dict[Part, tuple[str, ...]]
    actions: tuple[Promise, ...]
    unplaced: tuple[str, ...]


def read(text: str) -> Reading:
    """Read a Markdown document; every piece of it lands in a part, an action, or `unplaced`."""
    told = list(_with_columns(_placed(text)))
    headings = [block for _, block, _ in told if block.kind == "heading"]
    columns = [" | ".join(block.cells) for _, block, _ in told if block.kind == "columns"]
    actions = [
        promise
        for part, block, names in told
        if part is Part.ACTIONS and block.kind in LISTED
        for promise in _promise(block, names)
    ]
    placed: dict[Part, list[str]] = {}
    for part, block, _ in told:
        if part is not None and _is_told(part, block):
            placed.setdefault(part, []).append(block.text)
    return Reading(
        title=next((block.text for block in headings if block.depth == 1), ""),
        headings=(*(block.text for block in headings), *columns),
        parts={part: tuple(said) for part, said in placed.items()},
        actions=tuple(actions or map(Promise, placed.get(Part.ACTIONS, ()))),
        unplaced=tuple(b.text for part, b, _ in told if part is None and b.kind not in NAMING),
    )


def _is_told(part: Part, block: Block) -> bool:
    """Tell whether a block is part of the text, not a name above it; a time may be both."""
    if block.kind == "heading":
        return part is Part.TIMELINE and _TIME.match(block.text) is not None
    return block.kind != "columns"


def _with_columns(
    placed: Iterable[tuple[Part | None, Block]],
) -> Iterator[tuple[Part | None, Block, tuple[str, ...]]]:
    """Give each table row the names of its columns; the row of names becomes one of its own."""
    names: tuple[str, ...] = ()
    for part, block in placed:
        if block.kind != "row":
            names = ()
        elif not names and _names_columns(block.cells):
            names = block.cells
            yield part, replace(block, kind="columns"), ()
            continue
        if block.kind != "row" or block.text:
            yield part, block, names


def _placed(text: str) -> Iterator[tuple[Part | None, Block]]:
    """Give each block with the part it belongs to: its heading's, or that of the heading above."""
    above: list[tuple[int, Part | None]] = []
    for block in blocks(text):
        if block.kind == "heading":
            above = [(depth, part) for depth, part in above if depth < block.depth]
            own = Part.TIMELINE if _TIME.match(block.text) else part_of(block.text)
            outer = next((part for _, part in reversed(above) if part), None)
            above.append((block.depth, own or outer))
            yield own or outer, block
            continue
        part = above[-1][1] if above else None
        yield _by_itself(block, part), block


def _by_itself(block: Block, part: Part | None) -> Part | None:
    """Let a labelled paragraph (“Impact: …”) or a list of times speak for itself."""
    if part is not None and part is not Part.SUMMARY:
        return part
    if block.kind in ("item", "row") and _TIME.match(block.text.strip("| ")):
        return Part.TIMELINE
    labelled = _LABELLED.match(block.text) if block.kind in ("paragraph", "item") else None
    return (part_of(labelled[1]) if labelled else None) or part


def _names_columns(cells: Iterable[str]) -> bool:
    return any(sign.search(cell) for cell in cells for sign in (_OWNER, _DUE, _TEXT)) or not any(
        len(cell.split()) > FEW_WORDS for cell in cells
    )


def _promise(block: Block, header: tuple[str, ...]) -> Iterator[Promise]:
    if block.kind == "row":
        text = _column(block, header, _TEXT) or max(block.cells, key=len, default="")
        owner, due = _column(block, header, _OWNER), _column(block, header, _DUE)
    else:
        said = stated(block.text)
        text, owner, due = block.text, said.owner, said.due
    if text.strip():
        yield Promise(text, owner, due)


def _column(block: Block, header: tuple[str, ...], sign: re.Pattern[str]) -> str:
    at = next((n for n, name in enumerate(header) if sign.search(name)), None)
    return block.cells[at] if at is not None and at < len(block.cells) else ""

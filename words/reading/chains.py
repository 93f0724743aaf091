"""Contributing causes as documents tell them: what was seen, and its chain of whys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from words.reading.blocks import Block
from words.reading.headings import section_of

LABEL = re.compile(
    r"\W{0,2}(?:(?:\*\*|__)(?P<bold>C\d{1,4})(?:\*\*|__)(?:[:.)]|\s[–—-])?|(?P<plain>C\d{1,4})(?:[:.)]|\s[–—-]))\s+"
)
_COUNTED = re.compile(
    r"\s*(?:root |contributing )?(?:cause|factor) ?#?\d{0,3}\s?(?:[:.)]|\s[–—-])\s+(?=\S)",
    re.IGNORECASE,
)
_CAUSAL = re.compile(r"caus|contribut|factor|\bwhys?\b|reason|fault", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\d{1,3}[.)]\s+")
_WHY = re.compile(r"\W{0,4}(?:why\s?(?:#?\d{1,2})?|because)\W{0,4}[?:.)–—-]\W{0,4}", re.IGNORECASE)
_ASKED = re.compile(r"\W{0,4}(why\b[^?]{3,300}\?)\W{0,6}(\S.*)", re.IGNORECASE | re.DOTALL)
FEW_WORDS = 2
LONGEST = 2_000
"""Characters of one answer; what is longer is an account, and stays in the document."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A cause as it stands in a document.

    `label` is the cause that it names itself (“C2”); `pieces` are the first and last lines of its
    symptom and of each answer.
    """

    symptom: str
    whys: tuple[str, ...] = ()
    label: str = ""
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def line(self) -> int:
        """Give the line on which it begins."""
        return self.pieces[0][0] if self.pieces else 0


def chains(told: Iterable[Block]) -> tuple[Chain, ...]:
    """Read the chains out of the blocks of a causes section, in order.

    A chain is a heading with items under it, an item with items under it, or an item by itself;
    a list in which each item asks why is one chain. Prose makes none, since it names no single
    cause, nor does what stands under a background or an analysis.
    """
    found = [_chain(pile) for pile in _piles(list(told))]
    return tuple(chain for chain in found if chain is not None)


def _piles(told: list[Block]) -> Iterator[list[Block]]:
    """Put together what belongs to one cause: its heading or item, and the items below."""
    pile: list[Block] = []
    is_causal = True
    top = 0
    for block in told:
        own = block.kind == "heading" and _is_section(block, top)
        top = min(top or block.depth, block.depth) if own else top
        is_causal = _CAUSAL.search(block.text) is not None if own else is_causal
        if block.kind == "heading" or (block.kind == "item" and _begins(block, pile)):
            yield pile
            pile = []
        if own or not is_causal:
            continue
        if block.kind in ("heading", "item") or pile:
            pile.append(block)
    yield pile


def _is_section(heading: Block, top: int) -> bool:
    """Tell whether a heading names the section, or one beside it, and no cause."""
    if section_of(heading.text) is None or _COUNTED.match(heading.text):
        return False
    is_deeper = bool(top) and heading.depth > top
    return not is_deeper or len(heading.text.split()) <= FEW_WORDS


def _begins(item: Block, pile: list[Block]) -> bool:
    """Tell whether an item begins a cause of its own, not a why of the one before."""
    if not pile:
        return True
    first = pile[0]
    if first.kind == "heading":
        return False
    goes_on = _ASKED.match(item.text) or _WHY.match(item.text)
    return item.depth <= first.depth and not goes_on


def _chain(pile: list[Block]) -> Chain | None:
    items = [block for block in pile if block.kind == "item" and len(block.text) <= LONGEST]
    if not pile or not (items or _is_labelled(pile[0])):
        return None
    first = pile[0]
    if first.kind == "heading":
        made = Chain(first.text, _answers(items))
    elif asked := _ASKED.match(first.text):
        made = Chain(asked[1], (asked[2], *_answers(items[1:])))
    elif not items or first is not items[0]:
        return None
    else:
        made = Chain(first.text, _answers(items[1:]))
    told = items if items and first is items[0] else [first, *items]
    pieces = tuple((block.line, block.end) for block in told)
    return replace(_labelled(made), pieces=pieces)


def _is_labelled(block: Block) -> bool:
    return block.kind == "heading" and LABEL.match(block.text) is not None


def _answers(items: Iterable[Block]) -> tuple[str, ...]:
    return tuple(answer for block in items if (answer := _answer(block.text)))


def _answer(text: str) -> str:
    asked = _ASKED.match(text)
    return (asked[2] if asked else _WHY.sub("", text, count=1)).strip()


def _labelled(made: Chain) -> Chain:
    symptom = _COUNTED.sub("", _NUMBER.sub("", made.symptom, count=1), count=1)
    label = LABEL.match(symptom)
    if label is None:
        return replace(made, symptom=symptom.strip())
    return replace(
        made, symptom=symptom[label.end() :].strip(), label=label["bold"] or label["plain"]
    )

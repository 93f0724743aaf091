"""Which cause or action of a review a piece of its document speaks of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from models.action import Action
from models.document import Cause
from words import whys
from words.reading.chains import Chain
from words.reading.promises import Promise

Told = TypeVar("Told", Chain, Promise)
Item = TypeVar("Item", Cause, Action)

ALIKE = 0.8
"""From this share of equal letters on, two texts are one item whose words were mended."""

LONGEST = 600


def paired(told: Iterable[Told], standing: Sequence[Item]) -> list[tuple[Told, Item | None]]:
    """Pair what is told with what stands in the review; each item once, the surest pairs first.

    An item is found by the name it gives itself (“C2”, “A1”), else by its words.
    """
    told = list(told)
    free = list(standing)
    pairs: dict[int, Item] = {}
    for fits in (_is_named, _is_equal, _is_alike):
        for number, one in enumerate(told):
            found = next((each for each in free if fits(one, each)), None)
            if number not in pairs and found is not None:
                pairs[number] = found
                free.remove(found)
    return [(one, pairs.get(number)) for number, one in enumerate(told)]


def plain(text: str) -> str:
    """Put text on one line, to compare it."""
    return " ".join(text.split())


def _is_named(one: Chain | Promise, item: Cause | Action) -> bool:
    return one.label == item.id


def _is_equal(one: Chain | Promise, item: Cause | Action) -> bool:
    return plain(_words(one)) == plain(_words(item))


def _is_alike(one: Chain | Promise, item: Cause | Action) -> bool:
    if one.label:
        return False
    mine, theirs = _words(one)[:LONGEST], _words(item)[:LONGEST]
    if isinstance(one, Chain) and whys.same(mine, theirs):
        return True
    likeness = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    return likeness.quick_ratio() >= ALIKE and likeness.ratio() >= ALIKE


def _words(one: Chain | Promise | Cause | Action) -> str:
    return one.symptom if isinstance(one, Chain | Cause) else one.text

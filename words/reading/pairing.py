"""Which cause or action of a review a piece of its document speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from models.action import Action
from models.document import Cause
from words import whys
from words.reading.chains import Chain
from words.reading.promises import Promise

Told = TypeVar("Told", Chain, Promise)
Item = TypeVar("Item", Cause, Action)

ALIKE = 0.6
"""From this share of common words on, two texts are one item whose words were mended."""

LOOSE = str.maketrans({";": ",", "(": "[", ")": "]"})
MOST_PAIRS = 10_000
"""So many pairs are compared word by word; in longer documents items go by name and equality."""


def paired(
    told: Iterable[Told], standing: Sequence[Item], known: Collection[str] | None = None
) -> list[tuple[Told, Item | None]]:
    """Pair what is told with what stands in the review; each item once, the surest pairs first.

    An item is found by its words, by the name it gives itself (“C2”, “A1”), or by most of its
    words. Only `known` names are believed, where they are given: others may be the writer's own.
    """
    told = list(told)
    pairs: dict[int, Item] = {}
    free = {item.id: item for item in standing}

    def pair(number: int, item: Item | None) -> None:
        if item is not None and number not in pairs and item.id in free:
            pairs[number] = free.pop(item.id)

    equal = {plain(_words(item)): item for item in reversed(standing)}
    for number, one in enumerate(told):
        pair(number, equal.get(plain(_words(one))))
    for number, one in enumerate(told):
        if known is None or one.label in known:
            pair(number, free.get(one.label))
    rest = [(number, one) for number, one in enumerate(told) if number not in pairs]
    if len(rest) * len(free) <= MOST_PAIRS:
        for _, number, name in _alike(rest, list(free.values())):
            pair(number, free.get(name))
    return [(one, pairs.get(number)) for number, one in enumerate(told)]


def _alike(
    told: Sequence[tuple[int, Told]], standing: Sequence[Item]
) -> list[tuple[float, int, str]]:
    """List the pairs that have most of their words in common, the most alike first."""
    bags = [(item, Counter(_words(item).casefold().split())) for item in standing]
    found: list[tuple[float, int, str]] = []
    for number, one in told:
        mine = Counter(_words(one).casefold().split())
        for item, theirs in bags:
            shared = 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())
            if shared >= ALIKE or (shared > 0 and _is_said_again(one, item)):
                found.append((-shared, number, item.id))
    return sorted(found)


def _is_said_again(one: Chain | Promise, item: Cause | Action) -> bool:
    is_cause = isinstance(one, Chain) and isinstance(item, Cause)
    return is_cause and not one.label and whys.same(_words(one), _words(item))


def plain(text: str) -> str:
    """Put text on one line, to compare it."""
    return " ".join(text.split())


def loose(text: str) -> str:
    """Put text as it stands in brackets behind an item, where a semicolon ends it."""
    return plain(text).translate(LOOSE)


def _words(one: Chain | Promise | Cause | Action) -> str:
    return one.symptom if isinstance(one, Chain | Cause) else one.text

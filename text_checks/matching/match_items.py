"""Match the causes and actions of a document with those of the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from models.action import Action
from models.document import Cause
from rules.formatting import join_lines
from text_checks import cause_chains
from text_checks.parsing.action_items import ActionItem
from text_checks.parsing.causes import CauseChain
from text_checks.plain_text import normalize_wording

EntryT = TypeVar("EntryT", CauseChain, ActionItem)
ItemT = TypeVar("ItemT", Cause, Action)

MIN_SIMILARITY = 0.6
"""Minimum share of common words for two texts to count as one edited item."""

PUNCTUATION = str.maketrans({";": ",", "(": "[", ")": "]"})
MAX_PAIRS = 10_000
"""Maximum number of pairs compared word by word; beyond it, only labels and equal texts match."""


def match_items(
    entries: Iterable[EntryT],
    existing: Sequence[ItemT],
    known: Collection[str] | None = None,
    *,
    is_exact: bool = False,
) -> list[tuple[EntryT, ItemT | None]]:
    """Return each entry of a document with its item of the review, if any.

    An item is found by its text, by the label it states (“C2”, “A1”), or, unless `is_exact`, by
    most of its words; the surest pairs match first. Where `known` is given, only these labels are
    trusted: others may be the author's own.
    """
    entries = list(entries)
    pairs: dict[int, ItemT] = {}
    unmatched = {item.id: item for item in existing}

    def assign(number: int, item: ItemT | None) -> None:
        if item is not None and number not in pairs and item.id in unmatched:
            pairs[number] = unmatched.pop(item.id)

    equal = {normalize_wording(get_text(item)): item for item in reversed(existing)}
    for number, entry in enumerate(entries):
        assign(number, equal.get(normalize_wording(get_text(entry))))
    for number, entry in enumerate(entries):
        if known is None or entry.label in known:
            assign(number, unmatched.get(entry.label))
    remaining = [(number, entry) for number, entry in enumerate(entries) if number not in pairs]
    if not is_exact and len(remaining) * len(unmatched) <= MAX_PAIRS:
        for _, number, name in _rank_similar_pairs(remaining, list(unmatched.values())):
            assign(number, unmatched.get(name))
    return [(entry, pairs.get(number)) for number, entry in enumerate(entries)]


def _rank_similar_pairs(
    entries: Sequence[tuple[int, EntryT]], existing: Sequence[ItemT]
) -> list[tuple[float, int, str]]:
    """List the pairs that share most of their words, the most similar first."""
    item_bags = [(item, Counter(get_text(item).casefold().split())) for item in existing]
    pairs: list[tuple[float, int, str]] = []
    for number, entry in entries:
        entry_words = Counter(get_text(entry).casefold().split())
        for item, item_words in item_bags:
            shared = compute_similarity(entry_words, item_words)
            if shared >= MIN_SIMILARITY or (shared > 0 and _is_restated(entry, item)):
                pairs.append((-shared, number, item.id))
    return sorted(pairs)


def compute_similarity(first: Counter[str], second: Counter[str]) -> float:
    """Return the share of the words of two texts that they have in common, 0 to 1."""
    return 2 * (first & second).total() / max(1, first.total() + second.total())


def _is_restated(entry: CauseChain | ActionItem, item: Cause | Action) -> bool:
    is_cause = isinstance(entry, CauseChain) and isinstance(item, Cause)
    return (
        is_cause
        and not entry.label
        and cause_chains.is_same_statement(get_text(entry), get_text(item))
    )


def normalize_punctuation(text: str) -> str:
    """Return the text with other brackets and no semicolons, as in the details of an item."""
    return join_lines(text).translate(PUNCTUATION)


def get_text(subject: CauseChain | ActionItem | Cause | Action) -> str:
    """Return the symptom of a cause, or the text of an action."""
    return subject.symptom if isinstance(subject, CauseChain | Cause) else subject.text

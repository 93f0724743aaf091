"""Find which causes and actions were reworded: by their words, by what else they say, by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from models.action import Action
from models.document import Cause
from text_checks.cause_chains.similarity import extract_stems
from text_checks.matching.match_items import (
    MAX_PAIRS,
    MIN_SIMILARITY,
    compute_similarity,
    get_text,
)
from text_checks.parsing.action_items import ActionItem
from text_checks.parsing.causes import CauseChain
from text_checks.plain_text import normalize_wording

FACTS = ("owner", "due", "verifier", "measure", "causes", "whys")
"""What an entry says besides its text."""

LIKE = 0.4
"""Share of their weight that two texts have in common when both are surely one, reworded."""

ALIKE_IN_PLACE = 0.15
"""The same for two texts that stand in one place."""

PLACE_WEIGHT = 0.1
FACT_WEIGHT = 0.15

Entry = CauseChain | ActionItem
Pairs = Sequence[tuple[Entry, Cause | Action | None]]
"""The entries of one version of a document, each with its item of the review, if any."""


@dataclass(frozen=True, slots=True)
class Rewording:
    """The id of the item that an entry rewords, its old text, and whether that is a guess."""

    item: str
    old_text: str
    is_guess: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A possible rewording: entry number `new` of one version may be entry `old` of the other."""

    old: int
    new: int
    stem_similarity: float
    word_similarity: float
    shared: int
    opposed: int
    place: int

    def compute_rank(self) -> tuple[float, int, int]:
        """Return by what to sort: the likeliest first, and of equals those in the same order."""
        score = self.stem_similarity + FACT_WEIGHT * self.shared + PLACE_WEIGHT * self.place
        return -score, abs(self.old - self.new), self.old

    @property
    def is_alike(self) -> bool:
        """Return whether the words alone tell that both are one."""
        return self.stem_similarity >= LIKE or self.word_similarity >= MIN_SIMILARITY

    @property
    def is_likely(self) -> bool:
        """Return whether both are one: by their words, what else they say, or their place."""
        if self.is_alike:
            return True
        if self.stem_similarity >= ALIKE_IN_PLACE:
            return self.place > 0 or self.shared > self.opposed
        if self.shared > 1 and not self.opposed:
            return True
        is_stated = self.shared > 0 and self.shared >= self.opposed
        return (self.place > 0 and is_stated) or (self.place > 1 and not self.opposed)

    @property
    def is_guess(self) -> bool:
        """Return whether neither the words speak for it, nor both the place and the facts."""
        has_words = self.is_alike or self.stem_similarity >= ALIKE_IN_PLACE
        return not has_words and not (self.shared and self.place)


def find_rewordings(after: Pairs, before: Pairs) -> dict[int, Rewording]:
    """Find which entries of the version `after` reword an item that it lacks, by their number.

    An entry that stands in both versions word for word is no rewording, nor was it reworded.
    """
    kept_ids = {item.id for _, item in after if item is not None}
    old_texts = {normalize_wording(get_text(entry)) for entry, _ in before}
    new_texts = {normalize_wording(get_text(entry)) for entry, _ in after}
    lost = {
        n: item
        for n, (entry, item) in enumerate(before)
        if item and item.id not in kept_ids and normalize_wording(get_text(entry)) not in new_texts
    }
    new = [
        n
        for n, (entry, item) in enumerate(after)
        if item is None and normalize_wording(get_text(entry)) not in old_texts
    ]
    found: dict[int, Rewording] = {}
    if len(lost) * len(new) > MAX_PAIRS:
        return found
    for each in sorted(_list_candidates(after, before, lost, new), key=_Candidate.compute_rank):
        if each.is_likely and each.old in lost and each.new not in found:
            item = lost.pop(each.old)
            found[each.new] = Rewording(item.id, get_text(item), each.is_guess)
    return found


def _list_candidates(
    after: Pairs, before: Pairs, lost: Iterable[int], new: Iterable[int]
) -> Iterator[_Candidate]:
    known_ids = {item.id for _, item in after if item is not None}
    old_places = _list_places([item.id if item else "" for _, item in before], known_ids)
    new_places = _list_places([item.id if item else "" for _, item in after], known_ids)
    old_stems = [extract_stems(get_text(entry)) for entry, _ in before]
    new_stems = [extract_stems(get_text(entry)) for entry, _ in after]
    old_words = [Counter(get_text(entry).casefold().split()) for entry, _ in before]
    new_words = [Counter(get_text(entry).casefold().split()) for entry, _ in after]
    counts = Counter(stem for stems in (*old_stems, *new_stems) for stem in stems)
    for old, number in product(lost, new):
        shared, opposed = _compare_facts(before[old][0], after[number][0])
        places = zip(old_places[old], new_places[number], strict=True)
        yield _Candidate(
            old=old,
            new=number,
            stem_similarity=_compute_stem_similarity(old_stems[old], new_stems[number], counts),
            word_similarity=compute_similarity(old_words[old], new_words[number]),
            shared=shared,
            opposed=opposed,
            place=sum(one == other for one, other in places),
        )


def _list_places(ids: Sequence[str], known: set[str]) -> list[tuple[str, str]]:
    """Return the known neighbours of each entry: the next one above, and the next one below."""
    return list(
        zip(_list_last_known(ids, known), _list_last_known(ids[::-1], known)[::-1], strict=True)
    )


def _list_last_known(ids: Sequence[str], known: set[str]) -> list[str]:
    """Return the known id before each, "" for none."""
    last, found = "", []
    for each in ids:
        found.append(last)
        last = each if each in known else last
    return found


def _compute_stem_similarity(
    one: frozenset[str], other: frozenset[str], counts: Mapping[str, int]
) -> float:
    """Return how much two texts have in common, 0 to 1; a word that many have tells little."""
    weight = sum(1 / counts[stem] for stem in one) + sum(1 / counts[stem] for stem in other)
    return 2 * sum(1 / counts[stem] for stem in one & other) / weight if weight else 0.0


def _compare_facts(one: Entry, other: Entry) -> tuple[int, int]:
    """Return how many facts two entries share, and how many they state differently."""
    stated = [(getattr(one, name, ""), getattr(other, name, "")) for name in FACTS]
    stated = [(first, second) for first, second in stated if first and second]
    shared = sum(first == second for first, second in stated)
    return shared, len(stated) - shared

"""Choose the words that somebody may have meant who mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

MIN_LENGTH = 4
"""A shorter word is like too many others."""

MIN_RATIO = 0.7
"""How much of two words must be alike, from 0 to 1."""

MAX_WORDS = 3
MAX_STEMS = 5


def choose_near_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Choose the words most alike to one that was typed, the nearest first."""
    if len(word) < MIN_LENGTH:
        return ()
    others = sorted({each.lower() for each in known} - {word})
    return tuple(get_close_matches(word, others, MAX_WORDS, MIN_RATIO))


def choose_near_stems(word: str, stems: Iterable[str]) -> tuple[str, ...]:
    """Choose the stems most alike to the beginning of a word that was typed, the nearest first."""
    ratios = {stem: _compare_beginning(word, stem) for stem in stems if len(stem) >= MIN_LENGTH - 1}
    near = sorted((-ratio, stem) for stem, ratio in ratios.items() if ratio >= MIN_RATIO)
    return tuple(stem for _, stem in near[:MAX_STEMS])


def _compare_beginning(word: str, stem: str) -> float:
    """Compare a stem with as much of a word; from 0 to 1."""
    matcher = SequenceMatcher(None, word[: len(stem) + 1], stem)
    return matcher.ratio() if matcher.quick_ratio() >= MIN_RATIO else 0.0

"""How much an incident is like an earlier one: by the words that tell what failed, and how."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from math import log, sqrt

from rules.search.query_parser import split_words

MAX_WORDS = 40
"""How many different words of an incident are compared."""

MIN_SIMILARITY = 0.3
"""From where on another review is named: of public incidents, four of five that were then named
told of the same failure (docs/decisions says how that was measured)."""

UNKNOWN_WEIGHT = 0.8
"""How much a word tells that only the earlier review has."""

MIN_LENGTH, MIN_STEM_LENGTH = 3, 3
ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly")
STOP_WORDS = frozenset(
    """
    about after again all also and any are because been before being between both but can could did
    does down during each few for from further had has have having her here him his how into its
    just more most nor not now off once only other our out over own same she should some such than
    that the their them then there these they this those through too under until very was were what
    when where which while who whom why will with would you your
    incident incidents postmortem mortem post review outage report summary impact
    """.split()
)

Weights = Mapping[str, float]
"""How much each stem tells, from 0 to 1."""


def list_similarity_words(text: str) -> dict[str, str]:
    """List the words of a text that are compared, by their stems, in their order."""
    words = split_words(unicodedata.normalize("NFC", text).lower())
    telling = (word for word in words if len(word) >= MIN_LENGTH and word not in STOP_WORDS)
    found = {find_stem(word): word for word in telling if not word.isdigit()}
    return dict(list(found.items())[:MAX_WORDS])


def find_stem(word: str) -> str:
    """Return a word without its usual endings, so that “expired” and “expires” are the same."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM_LENGTH:
            return word.removesuffix(ending)
    return word.removesuffix("e") if len(word) > MIN_STEM_LENGTH + 1 else word


def weigh_words(counts: Mapping[str, int], total: int) -> dict[str, float]:
    """Return how much each stem tells: the fewer of all reviews have it, the more."""
    reviews = max(1, total)
    return {stem: log(1 + reviews / max(1, n)) / log(1 + reviews) for stem, n in counts.items()}


def compute_similarity(
    title: str, about: Weights, earlier_title: str, earlier_profile: str
) -> float:
    """Return how like an incident is to an earlier one, from 0 to 1: by title, and by all.

    `about` weighs the stems of all that is known of it, its title included.
    """
    of_title = {stem: about[stem] for stem in list_similarity_words(title) if stem in about}
    titles = _compare(of_title, list_similarity_words(earlier_title).keys())
    profiles = _compare(about, list_stems(earlier_profile))
    return (titles + profiles) / 2


def list_stems(text: str) -> frozenset[str]:
    """List the stems of all words of a text that are compared, however many."""
    words = split_words(unicodedata.normalize("NFC", text).lower())
    telling = {word for word in words if len(word) >= MIN_LENGTH and not word.isdigit()}
    return frozenset(find_stem(word) for word in telling - STOP_WORDS)


def _compare(weights: Weights, others: Iterable[str]) -> float:
    """Return the cosine between weighted stems and those of another text."""
    stems = frozenset(others)
    common = sum(weights[stem] ** 2 for stem in weights.keys() & stems)
    unknown = len(stems - weights.keys()) * UNKNOWN_WEIGHT**2
    length = sqrt(sum(weight**2 for weight in weights.values()) * (common + unknown))
    return common / length if length else 0.0

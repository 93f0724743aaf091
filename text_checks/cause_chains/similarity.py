"""Compare two statements by word stems and a few synonyms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

_WORD = re.compile(r"[a-z][a-z0-9.'’-]*|\d[\d.,%]*")
_STOP_WORDS = frozenset(
    """
    a an the this that these those it its they them their he she his her we our us you your i of to
    in on at for from with by and or nor but as into onto over under about than then so because
    since due is are was were be been being has have had do does did will would should could can may
    might must not no nor only just also very more most some any all each every both for until when
    while if there here what which who whom whose how why out up down off again still already too
    """.split()
)
_SYNONYMS = (
    "disk volume drive filesystem storage",
    "full fill space left exhaust exhausted room ran",
    "fail failed failure error errors broke broken wrong answered answer return returned returning",
    "message messages delivery deliver delivered event arrive arrived receive received consumer",
    "down unavailable outage unreachable unresponsive froze frozen freeze hang hung offline stuck",
    "slow slowly latency delay delayed sluggish lag",
    "crash crashed died stop stopped halt halted terminate terminated exit exited",
    "request requests query queries call calls",
    "server service host machine node kiosk system",
    "flaky deterministic sometimes random intermittent",
    "lose lost missing vanish vanished gone",
    "deploy deployed rollout release released ship shipped",
    "test tests testing result results pass",
    "alert alerted page paged notify notified notification",
    "login log-in sign-in authenticate authentication",
    "delete deleted remove removed drop dropped",
)
_SYNONYM_CLASS = {
    word: f"={number}" for number, words in enumerate(_SYNONYMS) for word in words.split()
}
MIN_SHARE = 0.66
"""Minimum share of the smaller statement's content words that both must have."""
MIN_COMMON_WORDS = 2
MAX_NEW_WORDS = 1
MIN_STEM_LENGTH = 4


def extract_stems(text: str) -> frozenset[str]:
    """Return the content words of a statement, each as its stem or as its group of synonyms."""
    words = (word.strip(".,'’-") for word in _WORD.findall(text.lower()))
    return frozenset(
        _SYNONYM_CLASS.get(word) or _find_stem(word)
        for word in words
        if word not in _STOP_WORDS and word
    )


def is_same_statement(first: str, second: str) -> bool:
    """Return whether two statements mean the same in other words; figures must be equal."""
    first_stems, second_stems = extract_stems(first), extract_stems(second)
    smaller_size = min(len(first_stems), len(second_stems))
    if not smaller_size or _find_figures(first) != _find_figures(second):
        return False
    common = len(first_stems & second_stems)
    if smaller_size < MIN_COMMON_WORDS:
        return first_stems == second_stems
    return common >= MIN_SHARE * smaller_size and common >= MIN_COMMON_WORDS


def is_restatement(statement: str, answer: str) -> bool:
    """Return whether an answer only restates the statement it answers."""
    return (
        is_same_statement(statement, answer)
        and len(extract_stems(answer) - extract_stems(statement)) <= MAX_NEW_WORDS
    )


def find_duplicates(symptoms: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """List the pairs of causes, by id, whose symptoms mean the same."""
    pairs = combinations(symptoms.items(), 2)
    return tuple(
        (first_id, second_id)
        for (first_id, first), (second_id, second) in pairs
        if is_same_statement(first, second)
    )


def count_shared_stems(text: str, *others: str) -> int:
    """Count the content words of a statement that other statements have as well."""
    known_stems = (
        frozenset().union(*(extract_stems(other) for other in others)) if others else frozenset()
    )
    return len(extract_stems(text) & known_stems)


def _find_figures(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d{4,}", text))


def _find_stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM_LENGTH - 1:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > MIN_STEM_LENGTH else word

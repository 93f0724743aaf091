"""Whether two statements say the same in other words: stems and a few synonyms compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

_WORD = re.compile(r"[a-z][a-z0-9.'’-]*|\d[\d.,%]*")
_EMPTY = frozenset(
    """
    a an the this that these those it its they them their he she his her we our us you your i of to
    in on at for from with by and or nor but as into onto over under about than then so because
    since due is are was were be been being has have had do does did will would should could can may
    might must not no nor only just also very more most some any all each every both for until when
    while if there here what which who whom whose how why out up down off again still already too
    """.split()
)
_SAME = (
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
_CLASS = {word: f"={number}" for number, words in enumerate(_SAME) for word in words.split()}
SHARE = 0.66
"""Of the fewer content words, as many must be said by both."""
FEWEST = 2
NEWS = 1
SHORT_STEM = 4


def stems(text: str) -> frozenset[str]:
    """Give the content words of a statement, each as a stem or as what it is a synonym of."""
    words = (word.strip(".,'’-") for word in _WORD.findall(text.lower()))
    return frozenset(
        _CLASS.get(word) or _stem(word) for word in words if word not in _EMPTY and word
    )


def same(one: str, other: str) -> bool:
    """Tell whether two statements say the same in other words; figures must agree."""
    first, second = stems(one), stems(other)
    fewer = min(len(first), len(second))
    if not fewer or _figures(one) != _figures(other):
        return False
    common = len(first & second)
    if fewer < FEWEST:
        return first == second
    return common >= SHARE * fewer and common >= FEWEST


def restates(one: str, answer: str) -> bool:
    """Tell whether an answer only says again what it answers: it names next to nothing new."""
    return same(one, answer) and len(stems(answer) - stems(one)) <= NEWS


def twins(symptoms: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """List the causes that are the same in other words, by name."""
    pairs = combinations(symptoms.items(), 2)
    return tuple((a, b) for (a, one), (b, other) in pairs if same(one, other))


def shared(text: str, *others: str) -> int:
    """Count the content words of a statement that others say too."""
    known = frozenset().union(*(stems(other) for other in others)) if others else frozenset()
    return len(stems(text) & known)


def _figures(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d{4,}", text))


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORT_STEM - 1:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > SHORT_STEM else word

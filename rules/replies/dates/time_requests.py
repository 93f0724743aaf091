"""Requests for more time that an acceptance contains: “I'll take A7, but need until 20 January”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rules.replies.dates import time_patterns
from rules.replies.dates.date_parser import parse_date, parse_longer
from rules.replies.patterns import doubt_patterns
from rules.replies.patterns.vocabulary import strip_prefix

MAX_CANDIDATES = 7
"""Places of a sentence at which a day is looked for."""

_ANY_DAY = date(2001, 1, 1)
"""Whether words are a day does not depend on the day on which they are written."""

_LEAD = re.compile(rf"(?:{doubt_patterns.HARMLESS_PHRASES.source}\s*)*[\s,.;:!–—-]*", re.IGNORECASE)
_CONNECTIVE = re.compile(r"(?:(?:but|though|although|however|yet|and)\b[\s,]*)+", re.IGNORECASE)
_ASKS_POLITELY = re.compile(r"(?:but )?(?:can|could|may|would) (?:i|we|you)\b", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|no|can't|cannot|couldn't|won't)\b", re.IGNORECASE)
_CLEAR_WITH_NEGATION = ("before", "than", "until", "till")
"""“Not before Friday” names a day; “not by Friday” names none."""

_REASON = re.compile(
    r"[\s,.;:(–—-]*(?:because|since|as|due to|for the reason that)\b|[\s,]*(?:to|for)\s"
    r"|\s?[(–—]|[,.;:]|\s[-–—]\s|$",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(
    r"\s+(?:(?:though|please|needed|required|instead)\b|(?:is|would be|'d be|looks|seems|sounds)\s"
    r"(?:(?:much |far |a lot )?more )?(?:realistic|feasible|doable|achievable|likely|possible"
    r"|better)\b|(?:works|would work|suits|would suit)(?: me| us)? (?:much )?better\b)",
    re.IGNORECASE,
)
_COURTESY = re.compile(r"[\s,.!]*(?:(?:though|please|thanks|thank you|ok)[\s,.!]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRequest:
    """A request for more time: its own words, and those from the day on, with the reason."""

    clause: str
    words: str


def find_time_request(words: str) -> TimeRequest | None:
    """Find the request for more time that the words after an acceptance consist of.

    None where they say anything else: a condition, or a day that is not to be understood.
    """
    lead = _LEAD.match(words)
    clause = words[lead.end() :] if lead else words
    if _ASKS_POLITELY.match(clause):
        clause = clause.rstrip(" ?")
    if not clause or "?" in clause:
        return None
    if clause.startswith("("):
        clause = _strip_brackets(clause).strip()
    own_words = strip_prefix(_CONNECTIVE, clause).strip()
    for start, end in _list_candidates(clause):
        day, rest = _split_day(clause[end:])
        is_bare = start == end and not _is_longer(day)
        if not day or not _is_reason(rest, is_bare=is_bare):
            continue
        if _is_asking(clause[:start], clause[start:end]):
            reason = "" if _COURTESY.fullmatch(rest) else _strip_brackets(rest)
            return TimeRequest(clause=own_words, words=f"{day}{reason}")
    return None


def _strip_brackets(reason: str) -> str:
    """Return a reason without the brackets around all of it."""
    inner = reason.strip()
    return (
        f" {inner[1:-1]}" if inner.startswith("(") and inner.find(")") == len(inner) - 1 else reason
    )


def _list_candidates(clause: str) -> list[tuple[int, int]]:
    """List where words may begin that name a day, with the preposition before them."""
    spans = [
        (match.start(), match.start()) for match in time_patterns.LONGER.regex.finditer(clause)
    ]
    days = [match.span() for match in time_patterns.AT_A_DAY.regex.finditer(clause)]
    connective = _CONNECTIVE.match(clause)
    first = connective.end() if connective else 0
    return [(0, 0), (first, first), *spans, *days][:MAX_CANDIDATES]


def _split_day(words: str) -> tuple[str, str]:
    """Split words into the day or span at their beginning and the rest; “” where there is none."""
    parsed_date = parse_longer(words, _ANY_DAY) or parse_date(words, _ANY_DAY)
    if parsed_date is None:
        return "", words
    day = words[: len(words) - len(parsed_date.rest)]
    return day, strip_prefix(_AFTERTHOUGHT, parsed_date.rest)


def _is_longer(day: str) -> bool:
    return parse_longer(day, _ANY_DAY) is not None


def _is_asking(before: str, preposition: str) -> bool:
    """Return whether words before a day do nothing but ask for it."""
    if time_patterns.ASKING.fullmatch(before) is None:
        return False
    is_clear = preposition.strip().lower() in ("", *_CLEAR_WITH_NEGATION)
    return is_clear or _NEGATION.search(before) is None


def _is_reason(rest: str, *, is_bare: bool) -> bool:
    """Return whether the words after a day are a reason, or nothing.

    After a bare day, which nothing asks for, a reason begins with “because” or the like.
    """
    match = _REASON.match(rest)
    if _COURTESY.fullmatch(rest):
        return True
    has_reason_word = match is not None and match[0].strip(" ,.;:(–—-") != ""
    if match is None or has_reason_word:
        return match is not None
    return not is_bare and doubt_patterns.CONDITION.search(rest) is None

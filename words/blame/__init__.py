"""Sentences that put the cause into a person: found, explained, and said better."""

from __future__ import annotations

from dataclasses import replace

from models.document import Finding
from words.blame.naming import LONGEST_QUOTE, names, naming, pseudonymous
from words.blame.neutral import neutral
from words.blame.patterns import ASKED, MET, OURS, PATTERNS, THINGS, Pattern
from words.language import is_english
from words.prose import passages

__all__ = ["blame", "find", "names", "naming", "pseudonymous", "reworded"]

LONGEST = 1_200
"""Characters of a sentence that are looked at."""
ABOUT_PEOPLE = frozenset({"human-error", "character", "self", "accusing-question"})
"""Codes that hold whatever failed beside the person."""


def blame(sentence: str) -> Finding | None:
    """Say how a sentence blames somebody; None where it does not, or is not English."""
    pattern = _pattern(sentence[:LONGEST])
    if pattern is None:
        return None
    where = sentence if len(sentence) <= LONGEST_QUOTE else f"{sentence[: LONGEST_QUOTE - 1]}…"
    return Finding(
        id="W1",
        code=pattern.code,
        where=where,
        why=pattern.why,
        better=reworded(sentence),
    )


def find(markdown: str) -> tuple[Finding, ...]:
    """List the sentences of a document that blame somebody, with line and column, as W1, W2, …."""
    found = ((passage, blame(passage.text)) for passage in passages(markdown))
    hits = [replace(hit, line=at.line, column=at.column) for at, hit in found if hit is not None]
    return tuple(replace(hit, id=f"W{number}") for number, hit in enumerate(hits, 1))


def reworded(sentence: str) -> str:
    """Say a sentence that blames in a neutral way; "" for one that does not."""
    pattern = _pattern(sentence[:LONGEST])
    if pattern is None:
        return ""
    said = neutral(sentence[:LONGEST], pattern.ask)
    return f"Something in the work made this possible. {pattern.ask}" if _pattern(said) else said


def _pattern(sentence: str) -> Pattern | None:
    plain = sentence.replace("*", "").replace("_", " ").strip()
    found = next((pattern for pattern in PATTERNS if pattern.sign.search(plain)), None)
    if found is None or not is_english(plain) or MET.search(plain) or ASKED.match(plain):
        return None
    if found.code in ABOUT_PEOPLE:
        return found
    return None if OURS.search(plain) or THINGS.search(plain) else found

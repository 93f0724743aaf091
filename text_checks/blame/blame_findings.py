"""Find sentences that blame a person, explain why, and suggest a neutral wording."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.document import Finding
from rules.formatting import truncate
from text_checks.blame import exempt_patterns
from text_checks.blame.blame_patterns import BLAME_PATTERNS, BlamePattern
from text_checks.blame.neutral_wording import format_neutral_sentence
from text_checks.language import is_english
from text_checks.sentences import MAX_PASSAGE_LENGTH, Sentence, list_sentences

MAX_SENTENCE_LENGTH = 1_200
"""Number of characters of a sentence that are checked."""
PERSON_CODES = frozenset({"human-error", "character", "self", "accusing-question"})
"""Codes that apply whatever else failed beside the person."""


def find_blame(sentence: str) -> Finding | None:
    """Return how a sentence blames somebody; None if it does not, or is not English."""
    pattern = _match_pattern(sentence[:MAX_SENTENCE_LENGTH])
    if pattern is None:
        return None
    return Finding(
        id="W1",
        code=pattern.code,
        passage=truncate(sentence, MAX_PASSAGE_LENGTH),
        problem=pattern.problem,
        suggestion=suggest_wording(sentence),
    )


def list_blame(markdown: str) -> tuple[Finding, ...]:
    """List the findings of a document's blaming sentences, with line and column, as W1, W2, …."""
    return check_sentences(list_sentences(markdown))


def check_sentences(sentences: Iterable[Sentence]) -> tuple[Finding, ...]:
    """Return the findings of those sentences that blame, as W1, W2, …."""
    results = ((sentence, find_blame(sentence.text)) for sentence in sentences)
    findings = [
        replace(hit, line=at.line, column=at.column) for at, hit in results if hit is not None
    ]
    return tuple(replace(hit, id=f"W{number}") for number, hit in enumerate(findings, 1))


def suggest_wording(sentence: str) -> str:
    """Return a neutral wording of a sentence that blames; "" for one that does not."""
    pattern = _match_pattern(sentence[:MAX_SENTENCE_LENGTH])
    if pattern is None:
        return ""
    suggestion = format_neutral_sentence(sentence[:MAX_SENTENCE_LENGTH], pattern.question)
    return (
        f"Something in the work made this possible. {pattern.question}"
        if _match_pattern(suggestion)
        else suggestion
    )


def _match_pattern(sentence: str) -> BlamePattern | None:
    stripped = sentence.replace("*", "").replace("_", " ").strip()
    found = next((pattern for pattern in BLAME_PATTERNS if pattern.table.search(stripped)), None)
    if (
        found is None
        or not is_english(stripped)
        or exempt_patterns.BLAME_MENTION.search(stripped)
        or exempt_patterns.OPEN_QUESTION.match(stripped)
    ):
        return None
    if found.code in PERSON_CODES:
        return found
    return (
        None
        if exempt_patterns.OWN_TEAM.search(stripped)
        or exempt_patterns.SOFTWARE_FAILURE.search(stripped)
        else found
    )

"""The words further on that retract what a reply seems to say at its beginning.

Asking once too often costs one more mail; counting a claim that is not true costs the trust in
all others. So doubtful words are quoted back, and the plain form that emails teach (`done: …`,
`verify: …`) is beyond such doubt.
"""

from __future__ import annotations

import re

from rules.replies.patterns import retraction_patterns as patterns
from rules.replies.patterns.verb_patterns import Verb
from rules.replies.patterns.vocabulary import URL

MAX_CHECKED_LENGTH = 1_500
"""Characters after a verb that are checked; what comes later is evidence."""

CITATION_DOUBT = "it may be somebody else’s words"

_LINKS = re.compile(r"(?:\W*https?://\S+)+", re.IGNORECASE)


def find_retraction(verb: Verb | None, words: str, *, is_plain: bool) -> str:
    """Find the words after a verb that may retract it; empty if there are none.

    `is_plain` is set if the verb has the exact form that emails teach.
    """
    stripped = URL.sub(" ", words[:MAX_CHECKED_LENGTH])
    match: re.Match[str] | None = None
    if verb is Verb.VERIFY:
        match = (patterns.CERTAINLY_FAILED if is_plain else patterns.NO_SUCCESS).search(stripped)
    elif verb is Verb.GRANT:
        match = patterns.GRANT_TERMS.search(stripped)
    elif verb in (Verb.DROP, Verb.KEEP):
        match = patterns.IDIOM.match(stripped)
    elif verb is Verb.CLAIM:
        links = None if is_plain else _LINKS.match(words)
        link_match = patterns.AFTER_LINK.match(words[links.end() :]) if links else None
        match = link_match or (
            patterns.CERTAINLY_NOT_DONE if is_plain else patterns.NOT_DONE
        ).search(stripped)
        match = match or patterns.OTHER_WORK.match(stripped)
    return match[0].strip() if match else ""


def has_approval_terms(words: str) -> bool:
    """Return whether the words after an approval may be a condition."""
    return patterns.APPROVAL_TERMS.search(words[:MAX_CHECKED_LENGTH]) is not None


def find_retraction_below(verb: Verb | None, next_line: str) -> str:
    """Find the words of the next line that retract a “yes” or an approval; empty if none do."""
    match = (
        patterns.APPROVAL_TERMS.search if verb is Verb.APPROVE else patterns.RETRACTED_YES.match
    )(next_line[:MAX_CHECKED_LENGTH])
    return match[0].strip() if match else ""


def is_denial(text: str) -> bool:
    """Return whether a line says that something is not done."""
    return patterns.DENIAL.search(text[:MAX_CHECKED_LENGTH]) is not None


def is_citation(line: str) -> bool:
    """Return whether the words after this line are somebody else's."""
    return patterns.CITATION.fullmatch(line) is not None


def format_doubt(words: str) -> str:
    """Format the doubt that some words put on a line."""
    return f"“{words}” may say otherwise"

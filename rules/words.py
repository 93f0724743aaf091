"""Words that put a cause into a person: found, explained, and said better.

Closed patterns only, each with its question; what is not sure is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.document import Finding

SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
LONGEST_QUOTE = 160


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of blaming: how it reads, what it leaves unasked, and a way to say it."""

    code: str
    words: re.Pattern[str]
    why: str
    better: str


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


PERSON = (
    r"(?:he|she|they|(?:the|an?|our|one|some) (?:[\w-]+ ){0,2}"
    r"(?:engineers?|operators?|developers?|admin(?:istrator)?s?|technicians?|on-?callers?"
    r"|responders?|employees?|colleagues?))"
)
PATTERNS = (
    Pattern(
        "human-error",
        _words(r"\b(?:human|operator|user|pilot) errors?\b"),
        "“Human error” ends the question where it begins.",
        "What made this step easy to get wrong, and what would have caught it?",
    ),
    Pattern(
        "should-have",
        _words(rf"\b{PERSON} (?:should|could|ought to) (?:not )?have\b"),
        "It says what somebody should have done, with what is known now.",
        "What did they see at that moment, and what made what they did look right?",
    ),
    Pattern(
        "character",
        _words(
            r"\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|sloppy|sloppiness|incompetent"
            r"|laz(?:y|iness)|reckless(?:ly)?|stupid(?:ly)?)\b"
        ),
        "It judges a character and explains nothing that could be changed.",
        "What about the task, the tool or the hour made the slip likely?",
    ),
    Pattern(
        "failed-to",
        _words(rf"\b{PERSON} (?:failed|forgot|neglected|did not bother|didn't bother) to\b"),
        "It measures somebody against what did not happen.",
        "What would have made the step visible or unnecessary?",
    ),
    Pattern(
        "fault",
        _words(
            rf"\b(?:fault of|to blame (?:is|are|for this is)|blame lies with) (?:\w+ )?{PERSON}\b"
        ),
        "It names somebody guilty.",
        "What did the system allow, and what would have stopped it?",
    ),
)


def blame(text: str) -> tuple[Finding, ...]:
    """Find the sentences of a document that put a cause into a person.

    Quotations, code and headings about blame itself are left alone.
    """
    found: list[Finding] = []
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced or line.lstrip().startswith((">", "#", "```", "~~~")):
            continue
        found += [_finding(len(found) + n, hit) for n, hit in enumerate(_hits(line, number), 1)]
    return tuple(found)


def _hits(line: str, number: int) -> list[tuple[Pattern, str, int]]:
    return [
        (pattern, sentence.strip(), number)
        for sentence in SENTENCE.findall(line)
        if (pattern := next((p for p in PATTERNS if p.words.search(sentence)), None))
        and (pattern.code == "fault" or "blame" not in sentence.lower())
    ]


def _finding(number: int, hit: tuple[Pattern, str, int]) -> Finding:
    pattern, sentence, line = hit
    where = sentence if len(sentence) <= LONGEST_QUOTE else f"{sentence[: LONGEST_QUOTE - 1]}…"
    return Finding(
        id=f"W{number}",
        code=pattern.code,
        where=where,
        why=pattern.why,
        better=pattern.better,
        line=line,
    )

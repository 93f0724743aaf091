"""Check whether a measure, a finding or evidence names anything that one could observe.

A text names nothing where every one of its words is on a list of words that fit anything; one
figure, name or thing besides is enough. So what is in doubt, or in another language, passes.
"""

from __future__ import annotations

import re

from models.codes import FindingCode
from models.document import Finding
from rules.formatting import quote, truncate
from rules.pattern_table import PatternTable
from text_checks.actions import measure_patterns as patterns
from text_checks.sentences import MAX_PASSAGE_LENGTH

MAX_EMPTY_LENGTH = 200
"""Characters above which a text says something, whatever its words are."""

_WORD = re.compile(r"[^\W_]")
_EMPTY_WORDS = (
    patterns.UNSEEN_ABSENCES,
    patterns.BETTER_AREAS,
    patterns.BARE_VERDICTS,
    patterns.INTENTIONS,
    patterns.NOBODY_IN_PARTICULAR,
    patterns.NOTHING_IN_PARTICULAR,
    patterns.GLUE_WORDS,
)
_EMPTY_EVIDENCE = (patterns.COURTESIES, patterns.BARE_DELIVERY, *_EMPTY_WORDS)
_PROMPTS = (
    (patterns.TEST_RUN, "name the run, by its date or a link, with its result"),
    (patterns.ALERT_FIRES, "say when the alert came and to whom"),
    (patterns.REFUSAL_SEEN, "say what was tried and what came back"),
    (patterns.FIGURE, "give the figure that was seen"),
    (patterns.DOCUMENT_SAYS, "link the text, and say what is new in it"),
)
_ANY_PROMPT = "say what was looked at, when, and what it showed"
"""What a good finding, or good evidence, would say for each kind of measure."""

MAX_PROMPTS = 2


def check_measure(measure: str) -> tuple[Finding, ...]:
    """Return what keeps a measure from telling whether its action is done: one finding, or none.

    One that is missing is no finding; the gate asks for it.
    """
    if not measure.strip() or not _names_nothing(measure, _EMPTY_WORDS):
        return ()
    finding = Finding(
        id="W1",
        code=FindingCode.UNOBSERVABLE,
        passage=truncate(measure, MAX_PASSAGE_LENGTH),
        problem="What will be seen when this is done? The measure "
        f"{quote(measure)} names nothing that one could observe.",
        suggestion="Say what will be seen where once it is done: a figure, an alert that fires, a "
        "test that passes.",
    )
    return (finding,)


def ask_for_evidence(evidence: str, measure: str) -> str:
    """Return what to ask back about evidence that shows nothing; "" where it shows something."""
    if not _names_nothing(evidence, _EMPTY_EVIDENCE):
        return ""
    return _format_prompt("Good evidence", measure)


def ask_for_finding(finding: str, measure: str) -> str:
    """Return what to ask back about a finding that says nothing; "" where it says something."""
    if not _names_nothing(finding, _EMPTY_EVIDENCE):
        return ""
    return _format_prompt("A good finding", measure)


def _names_nothing(text: str, tables: tuple[PatternTable, ...]) -> bool:
    """Return whether a text, which is not empty, consists of words that fit anything."""
    rest = text.strip()
    if not rest or len(rest) > MAX_EMPTY_LENGTH:
        return False
    for table in tables:
        rest = table.regex.sub(" ", rest)
    return _WORD.search(rest) is None


def _format_prompt(what: str, measure: str) -> str:
    """Format what a good finding, or good evidence, would say for this measure."""
    prompts = [prompt for pattern, prompt in _PROMPTS if pattern.search(measure)]
    wanted = ", and ".join(prompts[:MAX_PROMPTS]) or _ANY_PROMPT
    named = f" for the measure {quote(measure)}" if measure.strip() else ""
    return f"{what}{named} would {wanted}."

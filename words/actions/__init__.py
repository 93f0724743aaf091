"""Whether an action is a promise that can be kept: who, what exactly, by when, how we will know."""

from __future__ import annotations

from models.document import Finding
from words.actions import saying
from words.actions.judging import Reason, reason
from words.actions.stated import Stated, stated, unanswered
from words.language import is_english

__all__ = ["Reason", "Stated", "judge", "reason", "stated", "unanswered", "vague"]

LONGEST_QUOTE = 160
WORDS_OF_A_MEASURE = 5
ANSWERED_BY_MEASURE = frozenset({Reason.SIGNAL, Reason.IMPROVE, Reason.MECHANISM, Reason.WISH})
"""What a measure can answer: a figure or a state to reach says what will be different."""


def vague(text: str) -> bool:
    """Tell whether nobody could say what will be different when it is done, by the text alone."""
    return is_english(text) and reason(text) is not None


def judge(text: str, measure: str = "") -> tuple[Finding, ...]:
    """Say what keeps an action from being specific: one finding, or none.

    A measure that names a figure or a state answers what the text leaves open about how and how
    much.
    """
    found = reason(text) if is_english(text) else None
    if found is None or (found in ANSWERED_BY_MEASURE and _measures(measure)):
        return ()
    where = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    why, better = saying.why(text, found), saying.better(text, found)
    return (Finding(id="W1", code=found.value, where=where, why=why, better=better),)


def _measures(measure: str) -> bool:
    has_figure = any(mark.isdigit() for mark in measure)
    return has_figure or len(measure.split()) >= WORDS_OF_A_MEASURE

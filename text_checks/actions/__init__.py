"""Check whether an action is specific: who does what exactly, by when, and how we will know."""

from __future__ import annotations

from models.document import Finding
from text_checks.actions import suggestions
from text_checks.actions.owner_and_due import OwnerAndDue, find_owner_and_due, list_unanswered
from text_checks.actions.vagueness import VagueReason, find_vague_reason
from text_checks.language import is_english

__all__ = [
    "OwnerAndDue",
    "VagueReason",
    "check_action",
    "find_owner_and_due",
    "find_vague_reason",
    "is_vague",
    "list_unanswered",
]

MAX_QUOTE_LENGTH = 160
MIN_MEASURE_WORDS = 5
ANSWERED_BY_MEASURE = frozenset(
    {VagueReason.SIGNAL, VagueReason.IMPROVE, VagueReason.MECHANISM, VagueReason.WISH}
)
"""Reasons that a measure resolves: a figure or a state to reach says what will be different."""


def is_vague(text: str) -> bool:
    """Return whether the text alone does not say what will be different when the action is
    done.
    """
    return is_english(text) and find_vague_reason(text) is not None


def check_action(text: str, measure: str = "") -> tuple[Finding, ...]:
    """Return what keeps an action from being specific: one finding, or none.

    A measure that names a figure or a state resolves what the text leaves open about how and how
    much.
    """
    found = find_vague_reason(text) if is_english(text) else None
    if found is None or (found in ANSWERED_BY_MEASURE and _is_measurable(measure)):
        return ()
    passage = text if len(text) <= MAX_QUOTE_LENGTH else f"{text[: MAX_QUOTE_LENGTH - 1]}…"
    problem, suggestion = (
        suggestions.format_problem(text, found),
        suggestions.format_suggestion(text, found),
    )
    return (
        Finding(id="W1", code=found.value, passage=passage, problem=problem, suggestion=suggestion),
    )


def _is_measurable(measure: str) -> bool:
    has_figure = any(character.isdigit() for character in measure)
    return has_figure or len(measure.split()) >= MIN_MEASURE_WORDS

"""Check whether an action says what will be different when it is done."""

from __future__ import annotations

from models.document import Finding
from rules.formatting import truncate
from text_checks.actions import suggestions
from text_checks.actions.measures import check_measure
from text_checks.actions.vagueness import VagueReason, find_vague_reason
from text_checks.language import is_english
from text_checks.sentences import MAX_PASSAGE_LENGTH

MIN_MEASURE_WORDS = 5
ANSWERED_BY_MEASURE = frozenset(
    {VagueReason.SIGNAL, VagueReason.IMPROVE, VagueReason.MECHANISM, VagueReason.WISH}
)
"""Reasons that a measure resolves: a figure or a state to reach says what will be different."""


def is_vague(text: str) -> bool:
    """Return whether the text alone leaves open what will be different afterwards."""
    return is_english(text) and find_vague_reason(text) is not None


def check_action(text: str, measure: str = "") -> tuple[Finding, ...]:
    """Return what keeps an action from being specific: one finding each on text and measure.

    A measure that names a figure or a state resolves what the text leaves open about how and how
    much.
    """
    return (*_check_text(text, measure), *check_measure(measure))


def _check_text(text: str, measure: str) -> tuple[Finding, ...]:
    found = find_vague_reason(text) if is_english(text) else None
    if found is None or (found in ANSWERED_BY_MEASURE and _is_measurable(measure)):
        return ()
    finding = Finding(
        id="W1",
        code=found.value,
        passage=truncate(text, MAX_PASSAGE_LENGTH),
        problem=suggestions.format_problem(text, found),
        suggestion=suggestions.format_suggestion(text, found),
    )
    return (finding,)


def _is_measurable(measure: str) -> bool:
    has_figure = any(character.isdigit() for character in measure)
    has_state = len(measure.split()) >= MIN_MEASURE_WORDS and not check_measure(measure)
    return has_figure or has_state

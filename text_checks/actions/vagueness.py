"""Check whether an action is specific: an engineer could say what will be different after it.

The rules are tried from the top; the first that applies decides. Each looks at the leading
verb, at its object, and at whether a mechanism, a condition or an end is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rules.pattern_table import PatternTable
from text_checks.actions import specific_patterns, vague_patterns
from text_checks.actions.clauses import Clause, parse_clause
from text_checks.actions.strip_markup import split_action_sentences, strip_markup


class VagueReason(StrEnum):
    """Why an action is vague; the value is the code of the finding."""

    INVESTIGATE = "investigate"
    IMPROVE = "improve"
    BEHAVIOUR = "behaviour"
    WISH = "wish"
    PROGRAMME = "programme"
    SIGNAL = "signal"
    QUESTION = "question"
    DISCUSS = "discuss"
    SHARE = "share"
    MECHANISM = "mechanism"
    FRAGMENT = "fragment"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class VagueRule:
    """One kind of vagueness: its reason, and the test that a clause must meet."""

    reason: VagueReason
    applies: Callable[[Clause], object]


REASONS_LEFT_OPEN = (
    VagueReason.IMPROVE,
    VagueReason.SIGNAL,
    VagueReason.FRAGMENT,
    VagueReason.PLAN,
    VagueReason.MECHANISM,
)
"""Reasons that a second sentence can resolve: which change, which signal, which content."""

MAX_FRAGMENT_WORDS = 4
MAX_PROGRAMME_WORDS = 6


def find_vague_reason(text: str) -> VagueReason | None:
    """Return why an action is vague; None if it is specific.

    The first sentence decides; the next ones only where they may say what it left open.
    """
    stripped = strip_markup(text)
    if vague_patterns.QUESTION.search(stripped):
        return VagueReason.QUESTION
    reasons = [
        classify_clause(parse_clause(part)) for part in split_action_sentences(stripped)[:3]
    ] or [VagueReason.FRAGMENT]
    is_final = reasons[0] is not None and reasons[0] not in REASONS_LEFT_OPEN
    return reasons[0] if is_final or None not in reasons else None


def classify_clause(clause: Clause) -> VagueReason | None:
    """Return why one clause is vague; None if it is specific."""
    return next((rule.reason for rule in RULES if rule.applies(clause)), None)


def _is_question(clause: Clause) -> object:
    return (
        vague_patterns.QUESTION.search(clause.text)
        or vague_patterns.MAYBE.match(clause.text)
        or vague_patterns.OPTION.search(clause.text)
    )


def _is_placeholder(clause: Clause) -> object:
    return vague_patterns.PLACEHOLDER.search(clause.text)


def _is_fragment(clause: Clause) -> bool:
    if not clause.content:
        return True
    if clause.verb:
        is_bare = specific_patterns.BARE_NOUN.search(clause.object) is not None
        return is_bare and len(clause.content) == 1
    if clause.is_sentence or len(clause.content) > MAX_FRAGMENT_WORDS:
        return False
    patterns = (specific_patterns.CONCRETE, specific_patterns.NAMED_DOCUMENT)
    return not any(pattern.search(clause.text) for pattern in patterns)


def _is_discussion(clause: Clause) -> bool:
    return _is_unbounded(clause, "discussing", vague_patterns.DISCUSSION_START)


def _is_exploration(clause: Clause) -> bool:
    return _is_unbounded(clause, "exploring", vague_patterns.EXPLORATION_START)


def _is_unbounded(clause: Clause, verb_class: str, start: PatternTable) -> bool:
    """Return whether a study or a discussion names neither its result nor the change after it."""
    if clause.verb_class != verb_class and not start.match(clause.text):
        return False
    patterns = (specific_patterns.OUTPUT, specific_patterns.FOLLOWING_CHANGE)
    return not any(pattern.search(clause.text) for pattern in patterns)


def _is_wish(clause: Clause) -> object:
    return vague_patterns.WISH.search(clause.text) and not specific_patterns.END_CONDITION.search(
        clause.text
    )


def _is_behaviour(clause: Clause) -> object:
    is_behaviour = clause.verb_class == "behaving" or vague_patterns.BEHAVIOUR.search(clause.text)
    return is_behaviour and not specific_patterns.ENFORCED.search(clause.text)


def _is_sharing(clause: Clause) -> object:
    if not (clause.verb_class == "sharing" or vague_patterns.SHARING_START.match(clause.text)):
        return False
    return not specific_patterns.SHARED_CONTENT.search(clause.text)


def _is_assurance(clause: Clause) -> object:
    if clause.verb_class != "ensuring" and not vague_patterns.ASSURANCE_START.match(clause.text):
        return False
    if vague_patterns.VAGUE_STATE.search(clause.text):
        return True
    patterns = (specific_patterns.STATE, specific_patterns.CONDITION, specific_patterns.REPLACEMENT)
    return not any(pattern.search(clause.text) for pattern in patterns)


def _is_unspecific_alert(clause: Clause) -> object:
    if not specific_patterns.MONITORING.search(clause.text) or specific_patterns.SIGNAL.search(
        clause.text
    ):
        return False
    is_setup = (
        not clause.verb
        or clause.verb in specific_patterns.SETUP_VERBS
        or vague_patterns.IMPROVEMENT.search(clause.text)
    )
    return is_setup and not specific_patterns.CONDITION.search(clause.text)


def _is_improvement(clause: Clause) -> object:
    if specific_patterns.END_CONDITION.search(clause.text):
        return False
    if clause.verb_class == "improving" or vague_patterns.IMPROVEMENT_START.match(clause.text):
        return True
    if clause.verb_class == "adjusting" and vague_patterns.VAGUE_OBJECT.search(clause.object):
        return True
    return vague_patterns.IMPROVEMENT.search(clause.text)


def _is_programme(clause: Clause) -> object:
    if specific_patterns.END_CONDITION.search(clause.text) or specific_patterns.REPLACEMENT.search(
        clause.text
    ):
        return False
    if clause.verb_class == "writing" or specific_patterns.DOCUMENT.search(
        " ".join(clause.object.split()[:3])
    ):
        return False
    is_large = clause.verb_class == "programme" and len(clause.content) <= MAX_PROGRAMME_WORDS
    return is_large or vague_patterns.PROGRAMME.search(clause.text)


def _is_plan(clause: Clause) -> object:
    is_document = specific_patterns.DOCUMENT.search(" ".join(clause.object.split()[:4]))
    if (
        not specific_patterns.PLAN.search(clause.text)
        or clause.verb_class == "writing"
        or is_document
    ):
        return False
    is_action = clause.verb_class in ("planning", "changing", "programme", "adjusting", "")
    return is_action and not specific_patterns.PLAN_CONTENT.search(clause.text)


RULES = (
    VagueRule(VagueReason.QUESTION, _is_question),
    VagueRule(VagueReason.FRAGMENT, _is_placeholder),
    VagueRule(VagueReason.DISCUSS, _is_discussion),
    VagueRule(VagueReason.INVESTIGATE, _is_exploration),
    VagueRule(VagueReason.SHARE, _is_sharing),
    VagueRule(VagueReason.BEHAVIOUR, _is_behaviour),
    VagueRule(VagueReason.WISH, _is_wish),
    VagueRule(VagueReason.MECHANISM, _is_assurance),
    VagueRule(VagueReason.IMPROVE, _is_improvement),
    VagueRule(VagueReason.PROGRAMME, _is_programme),
    VagueRule(VagueReason.PLAN, _is_plan),
    VagueRule(VagueReason.SIGNAL, _is_unspecific_alert),
    VagueRule(VagueReason.FRAGMENT, _is_fragment),
)

"""Whether an action is specific, so that an engineer could say what will be different after it.

A list of rules, read from the top; the first that speaks decides. Each looks at the verb the action
begins with, at what it is done to, and at whether a mechanism, a condition or an end is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from words.actions import signs
from words.actions.bare import bare, sentences
from words.actions.verbs import Clause, clause


class Reason(StrEnum):
    """Why an action is vague, in the words of a finding's code."""

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
class Rule:
    """One way of being vague."""

    reason: Reason
    holds: Callable[[Clause], object]


LEFT_OPEN = (Reason.IMPROVE, Reason.SIGNAL, Reason.FRAGMENT, Reason.PLAN, Reason.MECHANISM)
"""Reasons that a second sentence can answer: which change, which signal, which content."""

MANY_WORDS = 4
BODY = 6


def reason(text: str) -> Reason | None:
    """Say why an action is vague; None where it is specific.

    What comes first decides; the next sentences only where they may say what it left open.
    """
    plain = bare(text)
    if signs.ASKS.search(plain):
        return Reason.QUESTION
    found = [verdict(clause(part)) for part in sentences(plain)[:3]] or [Reason.FRAGMENT]
    is_final = found[0] is not None and found[0] not in LEFT_OPEN
    return found[0] if is_final or None not in found else None


def verdict(said: Clause) -> Reason | None:
    """Judge one sentence."""
    return next((rule.reason for rule in RULES if rule.holds(said)), None)


def _asks(said: Clause) -> object:
    asked = signs.ASKS.search(said.text) or signs.MAYBE.match(said.text)
    return asked or signs.AN_OPTION.search(said.text)


def _is_nothing(said: Clause) -> object:
    return signs.PLACEHOLDER.fullmatch(said.text)


def _is_fragment(said: Clause) -> bool:
    if not said.content:
        return True
    if said.verb:
        return len(said.content) == 1 and signs.BARE_NOUN.search(said.object) is not None
    short = len(said.content) <= MANY_WORDS and not signs.CONCRETE.search(said.text)
    return short and not signs.NAMED_DOCUMENT.search(said.text) and not said.is_sentence


def _discusses(said: Clause) -> object:
    talks = said.manner == "discussing" or signs.TALKS.match(said.text)
    return talks and not _is_bounded(said) and not signs.THEN_DOES.search(said.text)


def _explores(said: Clause) -> object:
    looks = said.manner == "exploring" or signs.LOOKS.match(said.text)
    return looks and not _is_bounded(said) and not signs.THEN_DOES.search(said.text)


def _is_bounded(said: Clause) -> bool:
    """Tell whether a study or a talk names what comes out of it."""
    return bool(signs.OUTPUT.search(said.text))


def _wishes(said: Clause) -> object:
    return signs.WISH.search(said.text) and not signs.ENDS.search(said.text)


def _behaves(said: Clause) -> object:
    told = said.manner == "behaving" or signs.BEHAVE.search(said.text)
    return told and not signs.ENFORCED.search(said.text)


def _shares(said: Clause) -> object:
    if not (said.manner == "sharing" or signs.SPREADS.match(said.text)):
        return False
    return not signs.TOLD_WHAT.search(said.text)


def _ensures(said: Clause) -> object:
    if said.manner != "ensuring" and not signs.MAKE_SURE.match(said.text):
        return False
    if signs.NO_STATE.search(said.text):
        return True
    named = (signs.STATE, signs.CONDITION, signs.INSTEAD)
    return not any(sign.search(said.text) for sign in named)


def _watches(said: Clause) -> object:
    if not signs.WATCHERS.search(said.text) or signs.SIGNAL.search(said.text):
        return False
    puts_up = not said.verb or said.verb in signs.PUT_UP or signs.BETTER.search(said.text)
    return puts_up and not signs.CONDITION.search(said.text)


def _improves(said: Clause) -> object:
    if signs.ENDS.search(said.text):
        return False
    if said.manner == "improving" or signs.MAKE_BETTER.match(said.text):
        return True
    if said.manner == "adjusting" and signs.LOOSE_THING.search(said.object):
        return True
    return signs.BETTER.search(said.text)


def _is_programme(said: Clause) -> object:
    if signs.ENDS.search(said.text) or signs.INSTEAD.search(said.text):
        return False
    if said.manner == "writing" or signs.DOCUMENTS.search(" ".join(said.object.split()[:3])):
        return False
    large = said.manner == "programme" and len(said.content) <= BODY
    return large or signs.PROGRAMME.search(said.text)


def _plans(said: Clause) -> object:
    is_document = signs.DOCUMENTS.search(" ".join(said.object.split()[:4]))
    if not signs.PLANS.search(said.text) or said.manner == "writing" or is_document:
        return False
    made = said.manner in ("planning", "changing", "programme", "adjusting", "")
    return made and not signs.CONTENT_OF_PLAN.search(said.text)


RULES = (
    Rule(Reason.QUESTION, _asks),
    Rule(Reason.FRAGMENT, _is_nothing),
    Rule(Reason.DISCUSS, _discusses),
    Rule(Reason.INVESTIGATE, _explores),
    Rule(Reason.SHARE, _shares),
    Rule(Reason.BEHAVIOUR, _behaves),
    Rule(Reason.WISH, _wishes),
    Rule(Reason.MECHANISM, _ensures),
    Rule(Reason.IMPROVE, _improves),
    Rule(Reason.PROGRAMME, _is_programme),
    Rule(Reason.PLAN, _plans),
    Rule(Reason.SIGNAL, _watches),
    Rule(Reason.FRAGMENT, _is_fragment),
)

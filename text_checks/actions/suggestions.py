"""Format what is wrong with a vague action, and a better one in its own words, with blanks."""

from __future__ import annotations

import re

from rules.formatting import truncate
from text_checks.actions import vague_patterns
from text_checks.actions.clauses import parse_clause
from text_checks.actions.strip_markup import split_action_sentences, strip_markup
from text_checks.actions.vagueness import VagueReason

MAX_SUBJECT_LENGTH = 70
TRAILING_MARKS = re.compile(r"(?<![\s.,;:!?()])[\s.,;:!?()]+$")
NO_SUBJECT = "this"

PROBLEMS = {
    VagueReason.INVESTIGATE: "What will exist at the end? {action} names no decision, document or"
    " date.",
    VagueReason.IMPROVE: "What will be different when this is done? {action} names no change and"
    " no number.",
    VagueReason.BEHAVIOUR: "What will be different in the system? {action} asks people to behave"
    " differently, and nothing can be verified.",
    VagueReason.WISH: "Which change will bring this about? {action} is a wish.",
    VagueReason.PROGRAMME: "What is the first part that can be finished? {action} has no clear"
    " end.",
    VagueReason.SIGNAL: "What will set off the alert? {action} names no signal and no threshold.",
    VagueReason.QUESTION: "What will be done? {action} is a question or an idea.",
    VagueReason.DISCUSS: "What will come out of the discussion, and where will it be written?"
    " {action} names no result.",
    VagueReason.SHARE: "Who will be told what, and where? {action} does not say.",
    VagueReason.MECHANISM: "What will make sure of it when nobody thinks of it? {action} names no"
    " mechanism.",
    VagueReason.FRAGMENT: "What will be done, and how will we know that it is done? {action} does"
    " not say.",
    VagueReason.PLAN: "What will it say, and how will we know that it works? {action} does not say"
    " what is in it.",
}
SUGGESTIONS = {
    VagueReason.INVESTIGATE: "Find out ___ about {subject}, and write the decision in ___ by ___.",
    VagueReason.IMPROVE: "Change ___ in {subject} so that ___ goes from ___ to ___.",
    VagueReason.BEHAVIOUR: "Let ___ (a tool, check or default) do it: {subject} fails or warns"
    " when ___.",
    VagueReason.WISH: "To get closer to {subject}: change ___, which will show in ___.",
    VagueReason.PROGRAMME: "Start with one part of {subject}: ___ (which one), done when ___.",
    VagueReason.SIGNAL: "Alert when ___ (a signal of {subject}) is above ___ for ___ minutes, and"
    " page ___.",
    VagueReason.QUESTION: "Do ___ to {subject}, so that ___.",
    VagueReason.DISCUSS: "Decide ___ about {subject} with ___, and write the decision in ___ by"
    " ___.",
    VagueReason.SHARE: "Tell ___ (whom) ___ (what about {subject}) in ___ (where).",
    VagueReason.MECHANISM: "Add ___ (a check, test or default) that stops ___ unless {subject}.",
    VagueReason.FRAGMENT: "Add, change or remove ___ in {subject}, so that ___; done when ___.",
    VagueReason.PLAN: "Write the steps ___ of {subject} in ___, and rehearse them with ___ on ___.",
}


def format_problem(text: str, reason: VagueReason) -> str:
    """Format the question that the action leaves open."""
    action = truncate(strip_markup(text) or text, MAX_SUBJECT_LENGTH)
    return PROBLEMS[reason].format(action=f"“{action}”")


def format_suggestion(text: str, reason: VagueReason) -> str:
    """Format a rewritten action about the same subject, with blanks to fill."""
    return SUGGESTIONS[reason].format(subject=find_subject(text))


def find_subject(text: str) -> str:
    """Return what an action is about, in its own words; “this” if it names nothing."""
    first = next(iter(split_action_sentences(strip_markup(text))), "")
    opening = (
        vague_patterns.EXPLORATION_START.match(first)
        or vague_patterns.SHARING_START.match(first)
        or vague_patterns.ASSURANCE_START.match(first)
    )
    parsed = parse_clause(first)
    words = first[opening.end() :].strip() if opening else parsed.object if parsed.verb else first
    return truncate(TRAILING_MARKS.sub("", words), MAX_SUBJECT_LENGTH) or NO_SUBJECT

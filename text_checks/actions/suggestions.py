"""Format the problem with a vague action, and a suggestion in its own words with blanks to
fill.
"""

from __future__ import annotations

import re

from text_checks.actions import action_patterns
from text_checks.actions.clauses import parse_clause
from text_checks.actions.strip_markup import split_action_sentences, strip_markup
from text_checks.actions.vagueness import VagueReason

MAX_SUBJECT_LENGTH = 70
TRAILING_MARKS = re.compile(r"[\s.,;:!?()]+$")
NO_SUBJECT = "this"

PROBLEMS = {
    VagueReason.INVESTIGATE: "What will exist when the looking is over? {said} names no decision,"
    " no document and no day.",
    VagueReason.IMPROVE: "What will be different when this is done? {said} names no change and no"
    " figure.",
    VagueReason.BEHAVIOUR: "What will be different in the system? {said} asks people to behave"
    " otherwise, and nothing can be verified.",
    VagueReason.WISH: "Which change brings this about? {said} is a wish.",
    VagueReason.PROGRAMME: "What is the first part that can be finished and seen? {said} has no end.",
    VagueReason.SIGNAL: "What will be different when this is done? {said} names no signal and no"
    " threshold.",
    VagueReason.QUESTION: "What will be done? {said} is a question or an idea.",
    VagueReason.DISCUSS: "What comes out of the talk, and where will it be written? {said} names no"
    " result.",
    VagueReason.SHARE: "Who will be told what, and where? {said} does not say.",
    VagueReason.MECHANISM: "What sees to it when nobody thinks of it? {said} names no mechanism.",
    VagueReason.FRAGMENT: "What is to be done, and how does it look when done? {said} does not say.",
    VagueReason.PLAN: "What will it say, and how do we know that it works? {said} names no content.",
}
SUGGESTIONS = {
    VagueReason.INVESTIGATE: "Find out ___ about {thing}, write the decision into ___ by ___.",
    VagueReason.IMPROVE: "Change ___ in {thing} so that ___ goes from ___ to ___.",
    VagueReason.BEHAVIOUR: "Let ___ (a tool, check or default) do it: {thing} fails or warns when ___.",
    VagueReason.WISH: "To come nearer to {thing}: change ___, which can be seen by ___.",
    VagueReason.PROGRAMME: "The first part of {thing}: ___ (which one), done when ___.",
    VagueReason.SIGNAL: "Alert when ___ (a signal of {thing}) is above ___ for ___ minutes; page ___.",
    VagueReason.QUESTION: "Do ___ to {thing}, so that ___.",
    VagueReason.DISCUSS: "Decide ___ about {thing} with ___; the decision stands in ___ by ___.",
    VagueReason.SHARE: "Tell ___ (whom) ___ (what about {thing}) in ___ (where).",
    VagueReason.MECHANISM: "Add ___ (a check, test or default) that stops ___ unless {thing}.",
    VagueReason.FRAGMENT: "Add, change or remove ___ in {thing}, so that ___; done when ___.",
    VagueReason.PLAN: "Write the steps ___ of {thing} into ___, and rehearse them with ___ on ___.",
}


def format_problem(text: str, reason: VagueReason) -> str:
    """Format the question that the action leaves open."""
    return PROBLEMS[reason].format(said=f"“{_truncate(strip_markup(text) or text)}”")


def format_suggestion(text: str, reason: VagueReason) -> str:
    """Format a rewritten action about the same subject, with blanks to fill."""
    return SUGGESTIONS[reason].format(thing=find_subject(text))


def find_subject(text: str) -> str:
    """Return what an action is about, in its own words; “this” if it names nothing."""
    first = next(iter(split_action_sentences(strip_markup(text))), "")
    opening = (
        action_patterns.EXPLORATION_START.match(first)
        or action_patterns.SHARING_START.match(first)
        or action_patterns.ASSURANCE_START.match(first)
    )
    parsed = parse_clause(first)
    words = first[opening.end() :].strip() if opening else parsed.object if parsed.verb else first
    return _truncate(TRAILING_MARKS.sub("", words)) or NO_SUBJECT


def _truncate(words: str) -> str:
    if len(words) <= MAX_SUBJECT_LENGTH:
        return words
    return f"{words[:MAX_SUBJECT_LENGTH].rsplit(None, 1)[0]} …"

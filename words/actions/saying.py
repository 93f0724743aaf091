"""What to say about a vague action: the question it leaves open, and its own words with blanks."""

from __future__ import annotations

import re

from words.actions import signs
from words.actions.bare import bare, sentences
from words.actions.judging import Reason
from words.actions.verbs import clause

LONGEST_OBJECT = 70
TRAILING = re.compile(r"[\s.,;:!?()]+$")
NO_OBJECT = "this"

WHY = {
    Reason.INVESTIGATE: "What will exist when the looking is over? {said} names no decision,"
    " no document and no day.",
    Reason.IMPROVE: "What will be different when this is done? {said} names no change and no"
    " figure.",
    Reason.BEHAVIOUR: "What will be different in the system? {said} asks people to behave"
    " otherwise, and nothing can be verified.",
    Reason.WISH: "Which change brings this about? {said} is a wish.",
    Reason.PROGRAMME: "What is the first part that can be finished and seen? {said} has no end.",
    Reason.SIGNAL: "What will be different when this is done? {said} names no signal and no"
    " threshold.",
    Reason.QUESTION: "What will be done? {said} is a question or an idea.",
    Reason.DISCUSS: "What comes out of the talk, and where will it be written? {said} names no"
    " result.",
    Reason.SHARE: "Who will be told what, and where? {said} does not say.",
    Reason.MECHANISM: "What sees to it when nobody thinks of it? {said} names no mechanism.",
    Reason.FRAGMENT: "What is to be done, and how does it look when done? {said} does not say.",
    Reason.PLAN: "What will it say, and how do we know that it works? {said} names no content.",
}
BETTER = {
    Reason.INVESTIGATE: "Find out ___ about {thing}, write the decision into ___ by ___.",
    Reason.IMPROVE: "Change ___ in {thing} so that ___ goes from ___ to ___.",
    Reason.BEHAVIOUR: "Let ___ (a tool, check or default) do it: {thing} fails or warns when ___.",
    Reason.WISH: "To come nearer to {thing}: change ___, which can be seen by ___.",
    Reason.PROGRAMME: "The first part of {thing}: ___ (which one), done when ___.",
    Reason.SIGNAL: "Alert when ___ (a signal of {thing}) is above ___ for ___ minutes; page ___.",
    Reason.QUESTION: "Do ___ to {thing}, so that ___.",
    Reason.DISCUSS: "Decide ___ about {thing} with ___; the decision stands in ___ by ___.",
    Reason.SHARE: "Tell ___ (whom) ___ (what about {thing}) in ___ (where).",
    Reason.MECHANISM: "Add ___ (a check, test or default) that stops ___ unless {thing}.",
    Reason.FRAGMENT: "Add, change or remove ___ in {thing}, so that ___; done when ___.",
    Reason.PLAN: "Write the steps ___ of {thing} into ___, and rehearse them with ___ on ___.",
}


def why(text: str, reason: Reason) -> str:
    """Ask what the action leaves open."""
    return WHY[reason].format(said=f"“{_short(bare(text) or text)}”")


def better(text: str, reason: Reason) -> str:
    """Write the action anew about its own object, with blanks to fill."""
    return BETTER[reason].format(thing=thing(text))


def thing(text: str) -> str:
    """Give what an action is about, in its own words; “this” where it names nothing."""
    first = next(iter(sentences(bare(text))), "")
    looks = signs.LOOKS.match(first) or signs.SPREADS.match(first) or signs.MAKE_SURE.match(first)
    said = clause(first)
    words = first[looks.end() :].strip() if looks else said.object if said.verb else first
    return _short(TRAILING.sub("", words)) or NO_OBJECT


def _short(words: str) -> str:
    if len(words) <= LONGEST_OBJECT:
        return words
    return f"{words[:LONGEST_OBJECT].rsplit(None, 1)[0]} …"

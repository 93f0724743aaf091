"""Format a neutral version of a sentence that blames: what happened, and a question."""

from __future__ import annotations

import re

from rules.formatting import truncate
from text_checks.blame.grammar import NAME, PERSON

MAX_PHRASE_LENGTH = 90
_MISSED_TASK = re.compile(
    rf"\b(?:{PERSON.source}|{NAME.source}) (?:\w+ly )?(?:failed|forgot|neglected"
    rf"|omitted) to (?P<verb>[a-z]+) (?P<rest>[^.,;!?]{{3,80}})",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    rf"\b(?:{PERSON.source}) (?:should|could|ought to) have"
    r" (?P<verb>[a-z]+ed) (?P<rest>[^.,;!?]{3,80})",
    re.IGNORECASE,
)
_HUMAN_ERROR = re.compile(
    r"(?:was|were|is|are)?\s{0,9}(?:caused by|due to|because of|the result of) (?:an? "
    r"|the )?(?:\w+ )?(?:human|operator|user|pilot) "
    r"(?:error|mistake)s?.*$",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:the|a|an|our|its|this|that)(?: [\w-]+){1,3}", re.IGNORECASE)
_IRREGULAR = {
    "take": "taken", "run": "run", "set": "set", "read": "read", "write": "written", "send": "sent",
    "tell": "told", "make": "made", "do": "done", "give": "given", "keep": "kept", "see": "seen",
    "catch": "caught", "put": "put", "shut": "shut", "build": "built", "bring": "brought",
    "choose": "chosen", "pay": "paid", "hold": "held", "find": "found",
    "undo": "undone", "begin": "begun",
}  # fmt: skip


def format_neutral_sentence(sentence: str, question: str) -> str:
    """Format the sentence without a person as the cause, then the `question` to ask instead."""
    if missed := _MISSED_TASK.search(sentence):
        return f"{_format_missing_task(missed['verb'], missed['rest'].strip())} {question}"
    if expected := _SHOULD.search(sentence):
        return f"{_format_missing_step(expected['verb'], expected['rest'])} {question}"
    human_error = _HUMAN_ERROR.search(sentence)
    if human_error and human_error.start() > 0:
        return f"{sentence[: human_error.start()].strip(' ,;:')} became possible. {question}"
    return f"Something in the work made this possible. {question}"


def _format_missing_task(verb: str, rest: str) -> str:
    """Format that a task was not done; it is quoted where the grammar is uncertain."""
    if not _THING.fullmatch(rest):
        return _format_missing_step(verb, rest)
    is_plural = rest.endswith("s") and not rest.endswith("ss")
    thing = f"{rest[:1].upper()}{rest[1:]}"
    return f"{thing} {'were' if is_plural else 'was'} not {_form_participle(verb)}."


def _format_missing_step(verb: str, rest: str) -> str:
    return f"“{verb} {truncate(rest, MAX_PHRASE_LENGTH)}” was not a step of the process."


def _form_participle(verb: str) -> str:
    verb = verb.lower()
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"

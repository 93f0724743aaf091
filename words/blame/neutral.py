"""A neutral way to say a sentence that blames: what happened to the thing, and a question."""

from __future__ import annotations

import re

from words.blame.grammar import NAME, PERSON

LONGEST = 90
_TO_DO = re.compile(
    rf"\b(?:{PERSON}|{NAME}) (?:\w+ly )?(?:failed|forgot|neglected"
    rf"|omitted) to (?P<verb>[a-z]+) (?P<rest>[^.,;!?]{{3,80}})",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    rf"\b(?:{PERSON}) (?:should|could|ought to) have (?P<verb>[a-z]+ed) (?P<rest>[^.,;!?]{{3,80}})",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"(?:was|were|is|are)?\s*(?:caused by|due to|because of|the result of) (?:an? "
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


def neutral(sentence: str, ask: str) -> str:
    """Say it without a person as the cause; `ask` is the question that takes their place."""
    done = _TO_DO.search(sentence)
    if done:
        return f"{_undone(done['verb'], done['rest'].strip())} {ask}"
    asked = _SHOULD.search(sentence)
    if asked:
        return f"“{asked['verb']} {_short(asked['rest'])}” was no step of the process. {ask}"
    ended = _ERROR.search(sentence)
    if ended and ended.start() > 0:
        return f"{sentence[: ended.start()].strip(' ,;:')} became possible. {ask}"
    return f"Something in the work made this possible. {ask}"


def _undone(verb: str, rest: str) -> str:
    """Say that something was not done to a thing, where the grammar of that is sure."""
    if not _THING.fullmatch(rest):
        return f"“{verb} {_short(rest)}” was a step that nothing asked for."
    is_many = rest.endswith("s") and not rest.endswith("ss")
    return f"{rest[:1].upper()}{rest[1:]} {'were' if is_many else 'was'} not {_participle(verb)}."


def _participle(verb: str) -> str:
    verb = verb.lower()
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"


def _short(words: str) -> str:
    words = words.strip()
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(None, 1)[0]} …"

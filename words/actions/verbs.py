"""An action's clause: the verb it begins with, by its base form and manner, and what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from words.actions.lexicon import EMPTY, MANNERS

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d[\d.,%]*")
LEADERS = re.compile(
    r"(?:(?:we|they|i|devs?|engineers?|the (?:[\w-]+ ){0,3}team|team [\w-]+|[\w-]+ team"
    r"|[A-Z]\w+)\s+)?"
    r"(?:(?:will|would|shall|should|must|could|can|have to|has to|need to|needs to|want to"
    r"|wants to|plan to|plans to|(?:are|is) (?:going|planning|working|continuing) to|are|is"
    r"|have|has|ought to|try to|aim to|start to|begin to|continue to|commit to|work to"
    r"|work on|make it"
    r" possible to|take (?:an )?action to|remember to)\s+){1,3}(?:(?:also|now|soon|just|always"
    r"|probably)\s+){0,2}",
    re.IGNORECASE,
)
DOUBLED = re.compile(r"([bdgklmnprt])\1$")


@dataclass(frozen=True, slots=True)
class Clause:
    """What a sentence of an action says.

    `verb` is the leading verb in its base form, "" where there is none; `object` the words after
    it, `content` those among them that name something.
    """

    text: str
    verb: str
    manner: str
    object: str
    content: tuple[str, ...]
    is_sentence: bool


def clause(text: str) -> Clause:
    """Read a sentence."""
    led = LEADERS.match(text)
    rest = text[led.end() :] if led else text
    first = WORD.search(rest[:40])
    verb = base(first[0]) if first and first.start() <= 1 else ""
    after = rest[first.end() :].strip() if first and verb else rest
    content = tuple(w for w in WORD.findall(after) if w.lower() not in EMPTY)
    manner = manner_of(verb) if verb else ""
    return Clause(text, verb, manner, after, content, led is not None)


def base(word: str) -> str:
    """Give the base form of a known verb; "" for any other word."""
    word = word.lower().replace("’", "'").strip("-'")
    return next((form for form in _forms(word) if _is_known(form)), "")


def manner_of(verb: str) -> str:
    """Say in which manner a verb acts; "" for one that is not known."""
    return next((name for name, verbs in MANNERS.items() if verb in verbs), "")


def _is_known(verb: str) -> bool:
    return any(verb in verbs for verbs in MANNERS.values())


def _forms(word: str) -> list[str]:
    forms = [word]
    for ending, instead in (("ying", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            forms += [stem + instead, DOUBLED.sub(r"\1", stem)]
    if word.endswith("s"):
        forms += [word[:-1], word[:-2] if word.endswith("es") else word[:-1]]
    return forms

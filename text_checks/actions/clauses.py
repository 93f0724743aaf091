"""Parse an action's clause: its leading verb, the class of the verb, and its object."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_checks.actions.lexicon import STOP_WORDS, VERB_CLASSES

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\d[\d.,%]*")
LEAD_IN = re.compile(
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
DOUBLED_CONSONANT = re.compile(r"([bdgklmnprt])\1$")


@dataclass(frozen=True, slots=True)
class Clause:
    """The parsed clause of an action.

    `verb` is the leading verb in its base form, "" where there is none; `object` the words after
    it, `content` those among them that name something.
    """

    text: str
    verb: str
    verb_class: str
    object: str
    content: tuple[str, ...]
    is_sentence: bool


def parse_clause(text: str) -> Clause:
    """Parse a sentence of an action into its clause."""
    lead_in = LEAD_IN.match(text)
    remainder = text[lead_in.end() :] if lead_in else text
    first = WORD.search(remainder[:40])
    verb = find_base_form(first[0]) if first and first.start() <= 1 else ""
    after = remainder[first.end() :].strip() if first and verb else remainder
    content = tuple(w for w in WORD.findall(after) if w.lower() not in STOP_WORDS)
    verb_class = find_verb_class(verb) if verb else ""
    return Clause(text, verb, verb_class, after, content, lead_in is not None)


def find_base_form(word: str) -> str:
    """Return the base form of a known verb; "" for any other word."""
    word = word.lower().replace("’", "'").strip("-'")
    return next((form for form in _list_forms(word) if _is_known_verb(form)), "")


def find_verb_class(verb: str) -> str:
    """Return the class of a verb; "" for an unknown one."""
    return next((name for name, verbs in VERB_CLASSES.items() if verb in verbs), "")


def _is_known_verb(verb: str) -> bool:
    return any(verb in verbs for verbs in VERB_CLASSES.values())


def _list_forms(word: str) -> list[str]:
    forms = [word]
    for ending, replacement in (("ying", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            forms += [stem + replacement, DOUBLED_CONSONANT.sub(r"\1", stem)]
    if word.endswith("s"):
        forms += [word[:-1], word[:-2] if word.endswith("es") else word[:-1]]
    return forms

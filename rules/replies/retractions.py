"""The words further on that retract what a reply seems to say at its beginning.

Asking once too often costs one more mail; counting a claim that is not true costs the trust in
all others. So doubtful words are quoted back, and the plain form that emails teach (`done: …`,
`verify: …`) is beyond such doubt.
"""

from __future__ import annotations

import re

from rules.replies.vocabulary import Verb

LONGEST_CHECKED = 1_500
"""Characters after a verb that are checked; what comes later is evidence."""

CITATION_DOUBT = "it may be somebody else’s words"


def _compile(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


CONDITIONS = (
    r"(?:if\b(?![^,\n]*,)|unless\b|provided\b|as long as\b|assuming\b|once\b|when\b|as soon as\b"
    r"|on condition\b)"
)
"""Words that put a condition; an “if …, …” has its own clause after the comma."""

_STATES = r"(?:done|finished|complete\w*|merged|deployed|live|there|ready|shipped|work\w*)"
_NOT = r"(?:\bnot|\bnever|\w+n['’]t)"
_URL = _compile(r"https?://\S+")
_LINKS = _compile(r"(?:\W*https?://\S+)+")

_CERTAINLY_NOT_DONE = _compile(
    rf"{_NOT}(?: \w+)? (?:done|finished|complete\w*|merged|deployed|live|shipped)\b"
    r"|\bno,? wait\b|(?:^|[.!?\n])\W*wait\b|\bkidding\b|\bscratch that\b|\bwrong (?:link|ticket)\b"
    r"|\b(?:won['’]t|will not) do\b|\breverted\b"
    r"|\brolled (?:it )?back (?:this|again|since|though)\b"
)
_NOT_DONE = _compile(
    rf"{_CERTAINLY_NOT_DONE.pattern}|{_NOT}(?: \w+)? {_STATES}\b"
    r"|\bstill (?:open|missing|to do|pending|waiting|needs?)\b"
    r"|\b(?:is|are) (?:still )?(?:open|missing)\b|\bstarting (?:tomorrow|next|on)\b"
    r"|\b(?:someone|somebody) else\b|\bA\d{1,4}\b,?(?: is)? (?:not|half)\b|\bfor the most part\b"
    r"|\b(?:except|apart from|modulo|minus (?:the|one|an?)|(?:in|under) review|as far as)\b"
    r"|\bpending (?:review|approval|merge|deploy\w*)|\(?draft (?:pr|mr)\b|\bbut only\b"
    r"|\bwaiting for (?!verif|you)|\bonly (?:in|on|to) \w+|\b(?:to|in|on) staging only\b"
    r"|\bstaging\b[^.!?\n]{0,40}\bproduction (?:next|later|tomorrow|soon)"
    r"|\bbut\b[^.!?\n]{0,80}(?:\b(?:not|missing|open|todo|left|pending|remain\w*|fail\w*|broken"
    r"|needs?|wait\w*)\b|\wn['’]t\b)"
)
"""Words that say of something done that it is not."""

_OTHER_WORK = _compile(
    r"\W*(?:(?:reading|writing|the (?:design|draft|analysis|first|plan))\b"
    r"(?!.*\b(?:merged|deployed|live|shipped)\b)|date\b"
    r"|from (?:this|that|my) (?:duty|task|action)\b|deal\b|is better\b|to do\b|an? (?:date|talk)\b"
    r"|part \d|of this\b|up a\b|= ?true)"
)
"""“Finished reading it”, “fixed date”: something other than the action is done."""

_AFTER_LINK = _compile(rf"\W*(?:{CONDITIONS}|until\b|only\b|except\b)")

_NO_SUCCESS = _compile(
    r"\b(?:not|never|cannot|nothing(?! (?:broke|else|failed|happened))|none|fails?|failed|failing"
    r"|broken|dead|wrong|missing|pending|incomplete|please|later|tomorrow|will|would|should|could"
    r"|might|maybe|wait|rerun|reject\w*|except|unless|but)\b|\wn['’]t\b|\w['’]ll\b"
    r"|^\W*by (?!\w+ing\b)\w+"
)
"""Words in a finding that may mean the opposite of “verified”."""

_CERTAINLY_FAILED = _compile(
    r"\b(?:is|are|was|were|still) (?:dead|broken|missing|wrong)\b"
    rf"|{_NOT} (?:work|fire|page|alert|yet|there|done)\w*|\bfails? (?:in|on|for|with|again)\b"
    r"|\bcannot\b|\brejected?\b"
)

_GRANT_TERMS = _compile(rf"\b(?:{CONDITIONS}|only (?:if|until|till|when)|provided\b)")
"""Conditions on granting more time: it is granted until the requested day, or refused."""

_IDIOM = _compile(
    r"\W*(?:by\b(?! (?:a\d|action))|it up\b|in touch\b|in mind\b|posted\b|going\b|on\b)"
)
"""“Drop by”, “keep it up”: idioms that decide nothing."""

_APPROVAL_TERMS = _compile(
    rf"\b(?:{CONDITIONS}|until\b|till\b|only\b|but\b|not\b|later\b|tomorrow\b|again\b|before\b"
    r"|after\b|must\b|should\b|needs?\b|first\b|note\b|letter\b|mail\b|except\b)|\wn['’]t\b"
)
_RETRACTED_YES = _compile(
    r"\W*(?:but|unless|only|except|however|provided|as long as|assuming|wait|nope|no(?=\W*$)"
    r"|not (?:me|now|yet)|on second thou?ghts?|if\b(?![^,\n]*,))\b"
)
_DENIAL = _compile(rf"{_NOT}(?: yet| quite| really| fully)? {_STATES}\b")
_CITATION = _compile(
    r"(?!.*\b(?:i|we|you|here)\b).{0,200}\b(?:wrote|writes|says|said|tells?|told|asked|reported"
    r"|schrieb|sagte?|meint|a écrit|dit|escribió|dice)\b[^:.!?]{0,60}:\s*"
)


def find_retraction(verb: Verb | None, words: str, *, is_plain: bool) -> str:
    """Find the words after a verb that may retract it; empty if there are none.

    `is_plain` is set if the verb has the exact form that emails teach.
    """
    stripped = _URL.sub(" ", words[:LONGEST_CHECKED])
    match: re.Match[str] | None = None
    if verb is Verb.VERIFY:
        match = (_CERTAINLY_FAILED if is_plain else _NO_SUCCESS).search(stripped)
    elif verb is Verb.GRANT:
        match = _GRANT_TERMS.search(stripped)
    elif verb in (Verb.DROP, Verb.KEEP):
        match = _IDIOM.match(stripped)
    elif verb is Verb.CLAIM:
        links = None if is_plain else _LINKS.match(words)
        link_match = _AFTER_LINK.match(words[links.end() :]) if links else None
        match = link_match or (_CERTAINLY_NOT_DONE if is_plain else _NOT_DONE).search(stripped)
        match = match or _OTHER_WORK.match(stripped)
    return match[0].strip() if match else ""


def has_approval_terms(words: str) -> bool:
    """Return whether the words after an approval may be a condition."""
    return _APPROVAL_TERMS.search(words[:LONGEST_CHECKED]) is not None


def find_retraction_below(verb: Verb | None, next_line: str) -> str:
    """Find the words of the next line that retract a “yes” or an approval; empty if none do."""
    match = (_APPROVAL_TERMS.search if verb is Verb.APPROVE else _RETRACTED_YES.match)(
        next_line[:LONGEST_CHECKED]
    )
    return match[0].strip() if match else ""


def is_denial(text: str) -> bool:
    """Return whether a line says that something is not done."""
    return _DENIAL.search(text) is not None


def is_citation(line: str) -> bool:
    """Return whether the words after this line are somebody else's."""
    return _CITATION.fullmatch(line) is not None


def format_doubt(words: str) -> str:
    """Format the doubt that some words put on a line."""
    return f"“{words}” may say otherwise"

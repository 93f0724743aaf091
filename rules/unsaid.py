"""What takes back, further on, what a reply seems to say at its beginning.

Asking once too often costs one more mail; a promise counted as kept that is not costs the trust in
all others. So words in doubt are named, and the plain form that letters teach (`done: …`,
`verify: …`) says a thing beyond such doubt.
"""

from __future__ import annotations

import re

from rules.vocabulary import Verb

LONGEST = 1_500
"""Characters after a verb that are looked at; what comes later is evidence."""

CITED = "it may be somebody else’s words"


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


CONDITIONS = (
    r"(?:if\b(?![^,\n]*,)|unless\b|provided\b|as long as\b|assuming\b|once\b|when\b|as soon as\b"
    r"|on condition\b)"
)
"""What puts a condition; an “if …, …” has a sentence of its own behind its comma."""

_STATES = r"(?:done|finished|complete\w*|merged|deployed|live|there|ready|shipped|work\w*)"
_NOT = r"(?:\bnot|\bnever|\w+n['’]t)"
_URL = _pattern(r"https?://\S+")
_LINKS = _pattern(r"(?:\W*https?://\S+)+")

_SURELY_NOT = _pattern(
    rf"{_NOT}(?: \w+)? (?:done|finished|complete\w*|merged|deployed|live|shipped)\b"
    r"|\bno,? wait\b|(?:^|[.!?\n])\W*wait\b|\bkidding\b|\bscratch that\b|\bwrong (?:link|ticket)\b"
    r"|\b(?:won['’]t|will not) do\b|\breverted\b"
    r"|\brolled (?:it )?back (?:this|again|since|though)\b"
)
_STILL_OPEN = _pattern(
    rf"{_SURELY_NOT.pattern}|{_NOT}(?: \w+)? {_STATES}\b"
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
"""What says of something that was done that it is not."""

_OF_WHAT = _pattern(
    r"\W*(?:(?:reading|writing|the (?:design|draft|analysis|first|plan))\b"
    r"(?!.*\b(?:merged|deployed|live|shipped)\b)|date\b"
    r"|from (?:this|that|my) (?:duty|task|action)\b|deal\b|is better\b|to do\b|an? (?:date|talk)\b"
    r"|part \d|of this\b|up a\b|= ?true)"
)
"""“Finished reading it”, “fixed date”: something else is done than the action."""

_BEHIND_A_LINK = _pattern(rf"\W*(?:{CONDITIONS}|until\b|only\b|except\b)")

_NO_SUCCESS = _pattern(
    r"\b(?:not|never|cannot|nothing(?! (?:broke|else|failed|happened))|none|fails?|failed|failing"
    r"|broken|dead|wrong|missing|pending|incomplete|please|later|tomorrow|will|would|should|could"
    r"|might|maybe|wait|rerun|reject\w*|except|unless|but)\b|\wn['’]t\b|\w['’]ll\b"
    r"|^\W*by (?!\w+ing\b)\w+"
)
"""What a finding says that may mean the opposite of “verified”."""

_SURELY_FAILED = _pattern(
    r"\b(?:is|are|was|were|still) (?:dead|broken|missing|wrong)\b"
    rf"|{_NOT} (?:work|fire|page|alert|yet|there|done)\w*|\bfails? (?:in|on|for|with|again)\b"
    r"|\bcannot\b|\brejected?\b"
)

_TERMS = _pattern(rf"\b(?:{CONDITIONS}|only (?:if|until|till|when)|provided\b)")
"""More time is granted until the day that was asked for, or refused; there is no third."""

_IDIOM = _pattern(
    r"\W*(?:by\b(?! (?:a\d|action))|it up\b|in touch\b|in mind\b|posted\b|going\b|on\b)"
)
"""“Drop by”, “keep it up”: nothing is decided."""

_APPROVAL = _pattern(
    rf"\b(?:{CONDITIONS}|until\b|till\b|only\b|but\b|not\b|later\b|tomorrow\b|again\b|before\b"
    r"|after\b|must\b|should\b|needs?\b|first\b|note\b|letter\b|mail\b|except\b)|\wn['’]t\b"
)
_BELOW_A_YES = _pattern(
    r"\W*(?:but|unless|only|except|however|provided|as long as|assuming|wait|nope|no(?=\W*$)"
    r"|not (?:me|now|yet)|on second thou?ghts?|if\b(?![^,\n]*,))\b"
)
_DENIAL = _pattern(rf"{_NOT}(?: yet| quite| really| fully)? {_STATES}\b")
_CITES = _pattern(
    r"(?!.*\b(?:i|we|you|here)\b).{0,200}\b(?:wrote|writes|says|said|tells?|told|asked|reported"
    r"|schrieb|sagte?|meint|a écrit|dit|escribió|dice)\b[^:.!?]{0,60}:\s*"
)


def taken_back(verb: Verb | None, words: str, *, plainly: bool) -> str:
    """Give the words after a verb that may mean that it is not so; "" where none do.

    `plainly` is set where the verb is said in the very form that letters teach.
    """
    bare = _URL.sub(" ", words[:LONGEST])
    found: re.Match[str] | None = None
    if verb is Verb.VERIFY:
        found = (_SURELY_FAILED if plainly else _NO_SUCCESS).search(bare)
    elif verb is Verb.GRANT:
        found = _TERMS.search(bare)
    elif verb in (Verb.DROP, Verb.KEEP):
        found = _IDIOM.match(bare)
    elif verb is Verb.CLAIM:
        links = None if plainly else _LINKS.match(words)
        behind = _BEHIND_A_LINK.match(words[links.end() :]) if links else None
        found = behind or (_SURELY_NOT if plainly else _STILL_OPEN).search(bare)
        found = found or _OF_WHAT.match(bare)
    return found[0].strip() if found else ""


def approval_with_terms(words: str) -> bool:
    """Tell whether what stands behind an approval may be a condition to it."""
    return _APPROVAL.search(words[:LONGEST]) is not None


def turned(verb: Verb | None, below: str) -> str:
    """Give what a line below takes back of a “yes” or an approval; "" where it takes nothing."""
    found = (_APPROVAL.search if verb is Verb.APPROVE else _BELOW_A_YES.match)(below[:LONGEST])
    return found[0].strip() if found else ""


def denies(text: str) -> bool:
    """Tell whether a line says of something that it is not done."""
    return _DENIAL.search(text) is not None


def cites(line: str) -> bool:
    """Tell whether somebody else's words come after this line."""
    return _CITES.fullmatch(line) is not None


def in_doubt(words: str) -> str:
    """Say which words put a line in doubt."""
    return f"“{words}” may say otherwise"

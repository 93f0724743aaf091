"""What takes back, further on, what a reply seems to say at its beginning.

Asking once too often costs one more mail; a promise counted as kept that is not costs all of it.
"""

from __future__ import annotations

import re

from rules.vocabulary import Verb

LONGEST = 1_500
"""Characters after a verb that are looked at; what comes later is evidence."""

IN_DOUBT = "the words after it say otherwise"


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_URL = _pattern(r"https?://\S+")
_NO_SUCCESS = _pattern(
    r"\b(?:not|never|cannot|nothing|none|fails?|failed|failing|broken|dead|wrong|missing|pending"
    r"|incomplete|please|later|tomorrow|will|would|should|could|might|maybe|wait|rerun|reject\w*"
    r"|except|unless|but)\b|\wn['’]t\b|\w['’]ll\b|^\W*by\s"
)
"""What a finding says that may mean the opposite of “verified”."""

_STATES = r"(?:done|finished|complete\w*|merged|deployed|live|there|ready|shipped|work\w*)"
_STILL_OPEN = _pattern(
    rf"\b(?:not|never)(?: \w+)? {_STATES}\b"
    rf"|\b(?:isn|aren|wasn|hasn|haven|doesn|don)['’]t(?: \w+)? {_STATES}\b"
    r"|\bno,? wait\b|\bkidding\b|\bwon['’]t do\b|\bwill not do\b"
    r"|\bstill (?:open|missing|to do|pending|waiting|needs?)\b"
    r"|\b(?:is|are) (?:still )?(?:open|missing)\b|\bstarting (?:tomorrow|next|on)\b"
    r"|\bonly (?:in|on) (?:staging|test|dev\w*)\b|\b(?:someone|somebody) else\b"
    r"|\bA\d{1,4}\b,?(?: is)? (?:not|half)\b"
    r"|\b(?:except|apart from|modulo|pending|minus (?:the|one|an?)|(?:in|under) review|as far as)\b"
    r"|\bwaiting for\b|\b(?:to|in|on) staging\b|\bnext (?:week|month|sprint)\b"
    r"|\bbut\b[^.!?\n]{0,80}(?:\b(?:not|missing|open|todo|left|pending|remain\w*|fail\w*|broken"
    r"|needs?|wait\w*)\b|\wn['’]t\b)"
)
"""What says of something that was done that it is not."""

_OF_WHAT = _pattern(
    r"\W*(?:reading|writing|with (?:my|the) part|the (?:design|draft|analysis|first|plan)\b"
    r"|date\b|from (?:this|it|my|that)\b|deal\b|is better\b|to do\b|an? (?:date|talk)\b|part \d"
    r"|of this\b|up a\b|= ?true)"
)
"""“Finished reading it”, “fixed date”: something else is done than the action."""

_WITH_TERMS = _pattern(r"\b(?:only|if|unless|until|till|but|not|provided|as long as|once)\b")
"""More time is granted until the day that was asked for, or refused; there is no third."""

_IDIOM = _pattern(
    r"\W*(?:by\b(?! (?:a\d|action))|it up\b|in touch\b|in mind\b|posted\b|going\b|on\b)"
)
"""“Drop by”, “keep it up”: nothing is decided."""

TURNS = _pattern(
    r"\W*(?:but|unless|only|if|no|not|nope|however|except|actually|wait|provided|as long as"
    r"|assuming|on second thou?ghts?|sorry)\b"
)
"""How a next line begins that takes a mere “yes” back, or puts a condition to it."""

CITES = _pattern(
    r".{0,200}\b(?:wrote|writes|says|said|tells?|told|asked|reported|schrieb|sagte?|meint"
    r"|a écrit|dit|escribió|dice)\b[^:.!?]{0,60}:\s*"
)
"""A line after which somebody else's words come."""

CITED = "it may be somebody else’s words"


def taken_back(verb: Verb | None, words: str, *, plainly: bool) -> bool:
    """Tell whether the words after a verb may mean that it is not so.

    `plainly` is set where the verb is said in the very words that letters ask for.
    """
    words = _URL.sub(" ", words[:LONGEST])
    if verb is Verb.VERIFY:
        return not plainly and _NO_SUCCESS.search(words) is not None
    if verb is Verb.GRANT:
        return _WITH_TERMS.search(words) is not None
    if verb in (Verb.DROP, Verb.KEEP):
        return _IDIOM.match(words) is not None
    if verb is Verb.CLAIM:
        return bool(_STILL_OPEN.search(words) or _OF_WHAT.match(words))
    return False

"""How replies name actions, and what may stand before an id or a verb."""

from __future__ import annotations

import re


def _compile(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


def strip_prefix(pattern: re.Pattern[str], text: str) -> str:
    """Return a text without what the pattern finds at its beginning."""
    match = pattern.match(text)
    return text[match.end() :] if match else text


URL = _compile(r"https?://\S+")

# Actions by name

ID = r"(?:(?:actions?\s+)?#?a-?\d{1,4}\b(?!['’]s\b)|actions?\s+#?\d{1,4}\b)"
IDS = rf"{ID}(?:\s*(?:,\s*and\b|,|;|/|&|\+|\band\b)\s*{ID})*"
LEADING_IDS = _compile(
    rf"(?:(?:re:?|for|regarding|concerning|about|as for|on)\s+)?({IDS})\s*[:.,)\]>=–—-]*\s*"
)
FOLLOWING_IDS = _compile(
    rf"(?<![\s:])[\s:]*(?:(?:with|for|of|on|about|up|back)\s+)?({IDS})\s*[:,.–—-]*\s*"
)
ADJOINING_IDS = _compile(rf"(?<![\s:])[\s:]*({IDS})\s*[:,.–—-]*\s*")
"""After “blocked”, “on A2” is what it waits for; only a bare “A1” is the action itself."""

NEXT_ACTION = _compile(
    rf"(?:[.,;!]\s+(?:and\s+)?|(?<!\s)\s+and\s+)(?:(?:as )?for\s+|on\s+)?(?={ID})"
)
MENTION = _compile(r"\ba\d{1,4}\b")

# Contributions by name

_CONTRIBUTION = r"(?:contributions?\s+)?#?k-?\d{1,4}\b(?!['’]s\b)"
_CONTRIBUTIONS = rf"{_CONTRIBUTION}(?:\s*(?:,\s*and\b|,|;|/|&|\+|\band\b)\s*{_CONTRIBUTION})*"
LEADING_CONTRIBUTIONS = _compile(
    rf"(?:(?:re:?|for|regarding|concerning|about|as for|on)\s+)?({_CONTRIBUTIONS})"
    r"\s*[:.,)\]>=–—-]*\s*"
)
NAMED_CONTRIBUTIONS = _compile(
    r"(?P<verb>(?:please\s+)?(?:i(?:'d| would)?(?: like to)?\s+)?(?:accept|reject|refuse|decline"
    rf"|add|include|leave out|omit)\w{{0,3}})[\s:]+({_CONTRIBUTIONS})\s*[:,.–—-]*\s*(?:out\b)?"
)
"""“Reject K1 because …”: the verb, and what it is about."""

INCLUDE_CONTRIBUTION = _compile(
    r"(?:please\s+)?(?:add|include|take|put|write)\b(?: (?:it|this|them))?"
    r"(?: in(?:to the document| the document)?)?(?=\s*(?:[.,!]|$|please|thanks))"
)
LEAVE_OUT_CONTRIBUTION = _compile(
    r"(?:please\s+)?(?:leave (?:it |this |them )?out|omit(?: it| this)?|leave out)\b"
)

# What stands before a verb

BULLET = _compile(r"(?:[\s>*•·‣▪–—-]+|\d{1,2}[.)]\s+|\[[ x]?\]\s*)*")
GREETING = _compile(
    r"(?:(?:hi|hello|hey|dear)\s+\w{1,20}(?: \w{1,20})?[,!:]\s+(?=\S))?"
    r"(?:(?:(?:hi|hello|sorry|thanks|thank you|ok|okay|yes|so|and|also|please|status\s*:"
    rf"|update\s*:)[\s,.:!–—-]+){{1,4}}(?={ID}))?"
)
YES_BEFORE_ID = _compile(
    rf"\W*(?:(?:hi|hello|thanks|thank you)[\s,.:!–—-]+)*(?:ok|okay|yes|sure|fine)[\s,.:!–—-]+{ID}"
)
"""“OK A7, …”: a yes that `GREETING` leaves out."""

THANKS = _compile(
    r"(?:(?:(?:many )?thanks|thank you|thx|sorry)(?: (?:for|about) [^.!?\n]{1,60})?[.!]+\s+){1,3}"
    r"(?=\S)"
)
LEADING_EMOJI = _compile(r"(?<![👍✅👌✔️🏻🏼🏽🏾🏿🙂😀🎉\s])(?:[👍✅👌✔️🏻🏼🏽🏾🏿🙂😀🎉]\s*)+(?=\w)")

# What may stand for a verb, or after it

THUMBS_UP = _compile(r"\s*(?:[👍✅👌✔️🏻🏼🏽🏾🏿]\s*)+")
ALL_ACTIONS = _compile(r"\s*(?:(?:all|both)(?: of them)?|everything)\b")

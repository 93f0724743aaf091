"""The words that put a verb of a reply in doubt, right after it or anywhere in its line."""

from __future__ import annotations

import re

from rules.pattern_table import PatternTable, parse_table
from rules.replies.patterns.verb_patterns import Verb

_STOPS = r"(?<![\s,:.–—-])[\s,:.–—-]*"

DECISIVE_WORDS = parse_table(
    r"""
    accept\w*|declin\w*                      ✓ is it acceptable  ✗ except that
    done|finished|fixed|completed?|shipped|implemented|deployed  ✓ it is not done  ✗ do it later
    blocked|unblocked|verif(?:y|ied)|confirm(?:ed)?  ✓ nobody verified it  ✗ verification
    reject(?:ed)?|granted?|refused?|dropp?(?:ed)?|approved?  ✓ was it approved  ✗ an approval
    give up|given up|resolved|take it|do it  ✓ should we do it  ✗ we do
    postponed?|more time|until               ✓ maybe more time  ✗ another time
    """,
    r"\b(?:{})\b",
)
"""Words that make a line worth asking about if no verb was found in it."""

NEGATION = parse_table(
    r"""
    \b(?:not|no|never|cannot|nor|neither|without|unable|hardly|nothing|none|nope|far from)\b
        ✓ it is hardly done  ✗ it is hard
    \wn't\b  ✓ it isn't done  ✗ it is done
    """
)
HEDGE = parse_table(
    r"""
    almost|nearly|partly|partially|half|mostly|maybe|perhaps|probably|hopefully|soon|later
        ✓ nearly done  ✗ done at last
    should|would|could|might|will be|to be|once|if|when|unless|until|as soon as|after|before
        ✓ it should be done  ✗ it is done
    tomorrow|guess|think|hope|expect|plan|trying|being|getting|about to|going to
        ✓ I think it is done  ✗ I know it is done
    """,
    r"\b(?:{})\b",
)
CONDITION = parse_table(
    r"""
    \b(?:but|if|unless|however|provided|except|only|as long as|on condition|under the condition
    |once|assuming|not|cannot)\b
        ✓ accepted, as long as Omar helps  ✗ accepted, Omar helps
    \btoo (?:early|soon|tight|short|ambitious|close)\b
        ✓ accepted, though 27 March is too early  ✗ accepted, I can begin early
    \b(?:new|other|later|different|another) (?:due )?(?:date|deadline)\b|\bmore time\b
        ✓ accepted; a later date would be good  ✗ accepted, the date is good
    \wn't\b  ✓ accepted, though it won't be easy  ✗ accepted, it will be easy
    """
)
QUESTION_LEAD = parse_table(
    r"""
    (?:is|are|was|has|have|did|do|does|can|could|should|shall|would|will|may|might)\s+(?:i|we|you
    |it|this|that|he|she|they|the|there|someone|anyone|somebody|anybody|a\d+)\b
        ✓ is it done  ✗ it was done
    (?:when|what|why|how|who|where|which|whether)\b  ✓ who verifies A1  ✗ whoever
    """
)
IMPERATIVE = parse_table(
    r"complete\s+(?:the|a|an|this|that|it|all|by)\b  ✓ complete the alert  ✗ completed the alert"
)

HARMLESS_PHRASES = parse_table(
    r"""
    it|this|that|them|these|this one|(?:the|this|these) actions?  ✓ this one  ✗ those
    with pleasure|gladly|thanks?|thank you|as mine|of course|(?:with|by|for) me|on
        ✓ with pleasure  ✗ with Omar
    """,
    "(?:{})",
    is_fragment=True,
)
HARMLESS_WORDS = re.compile(
    rf"(?:{HARMLESS_PHRASES.source}\s*)*(?:$|[.,;:!–—-](?=\s|$))", re.IGNORECASE
)
"""Words after “accept” that add nothing to it."""

COURTESIES = parse_table(
    r"""
    it|this|that|thanks?(?: a lot| so much| for [^.!?,]{1,40})?|thank you
        ✓ thanks for the reminder  ✗ then
    will do|of course|please|(?:with|by|for) me|sure|fine|yes|ok|good|noted|all good
        ✓ by me  ✗ by Omar
    gladly|with pleasure|to me  ✓ to me  ✗ to Omar
    """,
    "(?:{})",
    is_fragment=True,
)
COURTESY_AFTER_YES = re.compile(rf"[\s,.!–—-]*(?:{COURTESIES.source}[\s,.!–—-]*)*", re.IGNORECASE)
"""Courtesies that may follow a mere “yes”."""

_OTHERWISE = parse_table(
    rf"""
    {_STOPS}(?:not|never|nope|no(?=\s*(?:[.,!;]|$))|isn't|wasn't|hasn't|except|apart from
    |but|only|if|unless|when|once|provided|as long as|as soon as|assuming|maybe|perhaps
    |probably|hopefully|soon|later|almost|nearly|partly|partially|mostly|half|in part
    |i (?:think|guess|hope))(?![\w-])
        ✓ , but only in one region  ✗ , butter
    {_STOPS}\?
        ✓  ?  ✗ !
    """
)
_IN_PART = parse_table(
    r"""
    (?!100)\d{1,2}\s*%                              ✓ 80 %  ✗ 80 tests
    with (?:the )?(?:first|half|part|most|some)\b   ✓ with the first half  ✗ with Omar
    (\d{1,6})\s*(?:of|/|out of)\s*(?:the )?(?!\1\b)\d+  ✓ 2 of 3  ✗ 3 of 3
    """,
    rf"{_STOPS}(?:{{}})",
)
_ABOUT_THE_PAST = parse_table(
    r"""
    (?:(?:it|this|that|them)\s+)?(?:already|earlier|before|last|yesterday)\b
        ✓ it yesterday  ✗ it today
    """
)
_ABOUT_THE_FUTURE = parse_table(
    r"""
    next                                         ✓ next week  ✗ nextcloud
    in (?:a few|some|a couple of)                ✓ in a few days  ✗ in production
    (?:later )?this (?:week|month|quarter|year)  ✓ later this month  ✗ this morning
    by (?:the )?(?:end|next|mid|middle|start|beginning|early|late)  ✓ by the end of March  ✗ by Omar
    """,
    rf"{_STOPS}(?:{{}})\b",
)
_ABOUT_SOMETHING_ELSE = parse_table(
    r"""
    (?!(?:it|this|that|the (?:action|claim|time|extension)|more time|(?:this|that) action)\b)
    (?:the|a|an|me|us|you|your|my|our|his|her|their|all|access|to|up|in|off|him|them|going|on)\b
        ✓ me a line  ✗ because it costs more
    """
)
"""What follows “drop” in “drop me a line” and “decline” in “decline the invitation”."""

_IN_TIME = parse_table(
    rf"""
    {_STOPS}(?:by|before|until|till|in time|yet|today|now|this|next|so)\b
        ✓ by Friday  ✗ because of the vendor
    """
)
_NO_FINDING = parse_table(
    rf"""
    {_STOPS}(?:that )?(?:receipt|reception|attendance|participation|i (?:have )?(?:got|received)
    |(?:it |this |that )?(?:tomorrow|next|later|soon))\b
        ✓ that I got your mail  ✗ that the alert fired
    the (?:date|meeting|appointment)\b
        ✓ the meeting  ✗ the limit
    """
)

RETRACTIONS: tuple[tuple[tuple[Verb, ...], PatternTable, str], ...] = (
    (
        (
            *(Verb.DECLINE, Verb.REJECT, Verb.REFUSE, Verb.DROP, Verb.KEEP, Verb.GRANT),
            Verb.UNBLOCK,
        ),
        _ABOUT_SOMETHING_ELSE,
        "it is about something other than an action",
    ),
    (
        tuple(verb for verb in Verb if verb not in (Verb.REPORT, Verb.NOTE)),
        _OTHERWISE,
        "the words after it say otherwise",
    ),
    ((Verb.CLAIM,), _IN_PART, "only a part of it is done"),
    ((Verb.CLAIM,), _ABOUT_THE_FUTURE, "it is about a later time"),
    ((Verb.DECLINE, Verb.REJECT, Verb.REFUSE), _ABOUT_THE_PAST, "it is about the past"),
    ((Verb.VERIFY,), _NO_FINDING, "it does not say what you found"),
    ((Verb.GIVE_UP,), _IN_TIME, "it may only need more time"),
)
"""Verbs, a pattern of what must not follow them, and the reason why they then do not count."""

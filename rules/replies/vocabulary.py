"""The vocabulary of replies as patterns: the expressions for each verb, and for retracting it."""

from __future__ import annotations

import re
from enum import StrEnum


class Verb(StrEnum):
    """A verb that a reply may use."""

    ACCEPT = "accept"
    AGREE = "yes"
    DECLINE = "decline"
    CLAIM = "done"
    REPORT = "progress"
    BLOCK = "blocked"
    UNBLOCK = "unblocked"
    POSTPONE = "until"
    GIVE_UP = "give up"
    TAKE_BACK = "take back"
    REASSIGN = "reassign"
    VERIFY = "verify"
    REJECT = "reject"
    GRANT = "grant"
    REFUSE = "refuse"
    DROP = "drop"
    KEEP = "keep"
    APPROVE = "approve"
    NOTE = "note"
    HELP = "help"
    UNSUBSCRIBE = "unsubscribe"


WORDLESS = (Verb.ACCEPT, Verb.AGREE, Verb.UNBLOCK, Verb.APPROVE, Verb.HELP, Verb.UNSUBSCRIBE)
"""Verbs that take no words: the lines that follow do not belong to them."""

WITH_MODALS = (
    *(Verb.ACCEPT, Verb.DECLINE, Verb.POSTPONE, Verb.GIVE_UP, Verb.TAKE_BACK),
    *(Verb.REJECT, Verb.REPORT),
)
"""Verbs that count with “will”: “I will accept”, but not “I will verify”."""


def _compile(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


# Actions by name

ID = r"(?:(?:actions?\s+)?#?a-?\d{1,4}\b(?!['’]s\b)|actions?\s+#?\d{1,4}\b)"
_IDS = rf"{ID}(?:\s*(?:,\s*and\b|,|;|/|&|\+|\band\b)\s*{ID})*"
LEADING_IDS = _compile(
    rf"(?:(?:re:?|for|regarding|concerning|about|as for|on)\s+)?({_IDS})\s*[:.,)\]>=–—-]*\s*"
)
FOLLOWING_IDS = _compile(rf"[\s:]*(?:(?:with|for|of|on|about|up|back)\s+)?({_IDS})\s*[:,.–—-]*\s*")
ADJOINING_IDS = _compile(rf"[\s:]*({_IDS})\s*[:,.–—-]*\s*")
"""After “blocked”, “on A2” is what it waits for; only a bare “A1” is the action itself."""

NEXT_ACTION = _compile(rf"(?:[.,;!]\s+(?:and\s+)?|\s+and\s+)(?:(?:as )?for\s+|on\s+)?(?={ID})")
MENTION = _compile(r"\ba\d{1,4}\b")

# What stands before a verb

BULLET = _compile(r"(?:[\s>*•·‣▪–—-]+|\d{1,2}[.)]\s+|\[[ x]?\]\s*)*")
GREETING = _compile(
    r"(?:(?:hi|hello|hey|dear)\s+\w{1,20}(?: \w{1,20})?[,!:]\s+(?=\S))?"
    r"(?:(?:(?:hi|hello|sorry|thanks|thank you|ok|okay|yes|so|and|also|please|status\s*:"
    rf"|update\s*:)[\s,.:!–—-]+){{1,4}}(?={ID}))?"
)
THANKS = _compile(
    r"(?:(?:(?:many )?thanks|thank you|thx|sorry)(?: (?:for|about) [^.!?\n]{1,60})?[.!]+\s+){1,3}"
    r"(?=\S)"
)
LEADING_EMOJI = _compile(r"(?:[👍✅👌✔️🏻🏼🏽🏾🏿🙂😀🎉]\s*)+(?=\w)")
PLAIN_LEAD = _compile(
    r"(?:hi|hello|hey|yes|yep|yeah|ok|okay|well|so|and|also|then|now|please|it|this|that|this one"
    r"|that one|these|they|is|are|it's|that's|its|has been|have been|has|have|was|were|been|i"
    r"|i've|i'm|am|we|we've|we're|just|already|finally|hereby|fully|completely|happily|gladly"
    r"|the action|the task|action|task|everything|all|both|100 ?%|sorry|unfortunately"
    r"|thanks|thank you|my answer|answer|afraid|but now|can(?= confirm))"
    r"(?=[\s,.:;!–—-])[\s,.:;!–—-]+"
)
MODAL_LEAD = _compile(
    r"(?:will|'ll|i'll|we'll|shall|can(?! confirm)|could|must|have to|has to|had to|need to|want to"
    r"|would like to|i'd like to|like to|am going to|going to|happy to|glad to|would|i'd"
    r"|prefer to|wish to)\s+"
)
QUESTION_LEAD = _compile(
    r"(?:is|are|was|has|have|did|do|does|can|could|should|shall|would|will|may|might)\s+(?:i|we|you"
    r"|it|this|that|he|she|they|the|there|someone|anyone|somebody|anybody|a\d+)\b"
    r"|(?:when|what|why|how|who|where|which|whether)\b"
)

# The verbs, the longer before the shorter

_CANNOT = r"(?:won't|will not|can't|cannot|can not|not going to|not be able to)(?: be able to)?"
_FINISH = (
    r"(?:make (?:it|that)|finish(?: it| this)?|get (?:to )?(?:it|this)(?: done)?|manage(?: it)?)"
)

_EXPRESSIONS = {
    Verb.TAKE_BACK: (
        rf"tak(?:e|ing|en) (?:(?:it|this|that|(?:my|the) claim|{_IDS}) )?back|took (?:it )?back"
        r"|retract(?:ed|ing)?(?: (?:my|the) claim)?|withdraw (?:my|the) claim"
    ),
    Verb.REASSIGN: (
        r"re-?assign(?:ed|ing)?(?: (?:it|this|that))?(?: to)?|(?:hand|pass)(?:ed|ing)? (?:it|this"
        r"|that) (?:over |on )?to|(?:give|gave) (?:it|this|that) to"
    ),
    Verb.GIVE_UP: (
        rf"(?:give|giving|gave|given) (?:(?:it|this|that|{_IDS}) )?up"
        r"|(?:cannot|can't|can not|could not|couldn't) be done|not (?:feasible|possible|doable)"
        r"|infeasible|unfeasible|impossible"
    ),
    Verb.UNBLOCK: (
        r"unblock(?:ed)?|(?:no longer|not) blocked(?: any ?more| any longer)|no longer blocked"
        r"|not blocked now|resum(?:e|ed|ing)|go(?:es|ing)? on again"
    ),
    Verb.BLOCK: r"still blocked|block(?:ed)?|stuck|waiting (?:for|on)|held up|on hold",
    Verb.POSTPONE: (
        r"(?:needs? )?(?:(?:some |a bit |a little )?(?:more|extra|additional) time,? )?"
        r"(?:until|till)|needs? (?:some |a bit |a little )?(?:more|extra|additional) time"
        r"|(?:more|extra) time|postpone[ds]?|extend(?:ed)?|extension"
        r"|(?:needs? |move |push )(?:it )?(?:to|by)"
        r"|needs? (?:\S{1,8} )?(?:more|extra|additional) (?:days?|weeks?|months?)"
        rf"|{_CANNOT} {_FINISH}(?: (?:by|on|in) [^.,;\n]{{1,30}}?(?=,? because\b|[.,;]|$)"
        r"| (?:before|until|till))?"
    ),
    Verb.REPORT: (
        r"progress|status|update|(?:still )?working(?: on(?: it)?)?|in progress|on track"
        r"|\d{1,2} ?%(?: done)?|started|under ?way|half ?way(?: there)?|wip"
    ),
    Verb.CLAIM: (
        r"done|finished|fixed|completed?|shipped|implemented|deployed|released"
        r"|rolled out|delivered|resolved|merged|claim(?:ed)?|in place"
    ),
    Verb.VERIFY: r"verif(?:y|ied)|confirm(?:ed)?",
    Verb.REJECT: r"reject(?:ed|ing)?",
    Verb.GRANT: r"grant(?:ed)?",
    Verb.REFUSE: r"refused?",
    Verb.DROP: r"drop(?:ped)?",
    Verb.KEEP: r"keep|kept",
    Verb.APPROVE: r"approved?",
    Verb.DECLINE: r"declin(?:e|ed|ing)",
    Verb.ACCEPT: (
        r"accept(?:ed|ing)?|(?:take|do|own) (?:it|this|that|them|these|both|all)(?: on)?"
        r"|take care of (?:it|this|that|them|these)|on it|mine|count me in"
    ),
    Verb.AGREE: (
        r"yes(?: please| of course)?|yep|yeah|ok(?:ay)?|sure|fine|will do|agreed?|sounds good"
        r"|of course|gladly|\+1"
    ),
    Verb.NOTE: r"(?:note|remark|fyi)(?=\s*:)",
    Verb.HELP: r"help",
    Verb.UNSUBSCRIBE: r"unsubscribe",
}
NEEDS_UNTIL = _compile(
    r"(?:(?:since|as|because(?: of)?|due to)\s+)?(?P<why>[^.!?\n]{3,200}?),?\s+"
    r"(?:so\s+|therefore\s+|and\s+)*(?:i|we)(?:'ll| will|'d| would)?(?: also| probably)? need\s+"
    r"(?:(?:some |more |extra )*time,? )?(?:until|till)\s+(?P<until>[^.!?\n]{3,60})[.!]*"
)
"""“Because of the freeze I need until 20 March.”"""

OVERRIDING_VERBS = (
    *(Verb.POSTPONE, Verb.DECLINE, Verb.GIVE_UP, Verb.BLOCK, Verb.REASSIGN, Verb.CLAIM),
)
"""Verbs that override an “accept” before them."""

VERBS = tuple(
    (verb, _compile(rf"(?:{channels})(?![\w'’]|-\w)")) for verb, channels in _EXPRESSIONS.items()
)
THUMBS_UP = _compile(r"\s*(?:[👍✅👌✔️🏻🏼🏽🏾🏿]\s*)+")
NAMED_REPORT = _compile(r"progress|status|update")
NAMED_BLOCK = _compile(r"(?:still )?block(?:ed)?|stuck")

# What unsays a verb

DECISIVE_WORDS = _compile(
    r"\b(?:accept\w*|declin\w*|done|finished|fixed|completed?|shipped|implemented|deployed|blocked"
    r"|unblocked|verif(?:y|ied)|confirm(?:ed)?|reject(?:ed)?|granted?|refused?|dropp?(?:ed)?"
    r"|approved?|give up|given up|resolved|take it|do it|postponed?|more time|until)\b"
)
"""Words that make a line worth asking about if no verb was found in it."""

NEGATION = _compile(
    r"\b(?:not|no|never|cannot|nor|neither|without|unable|hardly|nothing|none|nope|far from)\b"
    r"|\wn't\b"
)
HEDGE = _compile(
    r"\b(?:almost|nearly|partly|partially|half|mostly|maybe|perhaps|probably|hopefully|soon|later"
    r"|should|would|could|might|will be|to be|once|if|when|unless|until|as soon as|after|before"
    r"|tomorrow|guess|think|hope|expect|plan|trying|being|getting|about to|going to)\b"
)
_STOPS = r"[\s,:.–—-]*"
_OTHERWISE = _compile(
    rf"{_STOPS}(?:not|never|nope|no(?=\s*(?:[.,!;]|$))|isn't|wasn't|hasn't|except|apart from"
    r"|but|only|if|unless|when|once|provided|as long as|as soon as|assuming|maybe|perhaps"
    r"|probably|hopefully|soon|later|almost|nearly|partly|partially|mostly|half|in part"
    rf"|i (?:think|guess|hope))(?![\w-])|{_STOPS}\?"
)
_IN_PART = _compile(
    rf"{_STOPS}(?:(?!100)\d{{1,2}}\s*%|with (?:the )?(?:first|half|part|most|some)\b"
    r"|(\d+)\s*(?:of|/|out of)\s*(?:the )?(?!\1\b)\d+)"
)
_ABOUT_THE_PAST = _compile(
    r"(?:(?:it|this|that|them)\s+)?(?:already|earlier|before|last|yesterday)\b"
)
_ABOUT_THE_FUTURE = _compile(
    rf"{_STOPS}(?:next|in (?:a few|some|a couple of)|(?:later )?this (?:week|month|quarter|year)"
    r"|by (?:the )?(?:end|next|mid|middle|start|beginning|early|late))\b"
)
_ABOUT_SOMETHING_ELSE = _compile(
    r"(?!(?:it|this|that|the (?:action|claim|time|extension)|more time|(?:this|that) action)\b)"
    r"(?:the|a|an|me|us|you|your|my|our|his|her|their|all|access|to|up|in|off|him|them|going|on)\b"
)
"""What follows “drop” in “drop me a line” and “decline” in “decline the invitation”."""

_IN_TIME = _compile(rf"{_STOPS}(?:by|before|until|till|in time|yet|today|now|this|next|so)\b")
_NO_FINDING = _compile(
    rf"{_STOPS}(?:that )?(?:receipt|reception|attendance|participation|i (?:have )?(?:got|received)"
    r"|(?:it |this |that )?(?:tomorrow|next|later|soon))\b|the (?:date|meeting|appointment)\b"
)
IMPERATIVE = _compile(r"complete\s+(?:the|a|an|this|that|it|all|by)\b")
ALL_ACTIONS = _compile(r"\s*(?:(?:all|both)(?: of them)?|everything)\b")
HARMLESS_WORDS = _compile(
    r"(?:(?:it|this|that|them|these|this one|(?:the|this|these) actions?|with pleasure|gladly"
    r"|thanks?|thank you|as mine|of course|(?:with|by|for) me|on)\s*)*(?:$|[.,;:!–—-](?=\s|$))"
)
COURTESY_AFTER_YES = _compile(
    r"[\s,.!–—-]*(?:(?:it|this|that|thanks?(?: a lot| so much| for [^.!?,]{1,40})?|thank you"
    r"|will do|of course|please"
    r"|(?:with|by|for) me|sure|fine|yes|ok|good|noted|all good|gladly|with pleasure|to me)"
    r"[\s,.!–—-]*)*"
)
"""Courtesies that may follow a mere “yes”."""

CONDITION = _compile(
    r"\b(?:but|if|unless|however|provided|except|only|as long as|on condition|under the condition"
    r"|once|assuming|not|cannot)\b|\wn't\b"
)

RETRACTIONS: tuple[tuple[tuple[Verb, ...], re.Pattern[str], str], ...] = (
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

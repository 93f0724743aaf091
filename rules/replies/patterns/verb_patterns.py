"""The verbs of a reply, the expressions for each, and what may stand before a verb."""

from __future__ import annotations

from enum import StrEnum

from rules.pattern_table import PatternTable, parse_table
from rules.replies.patterns.vocabulary import IDS


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
    SNOOZE = "snooze"
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
    SETTLE = "settle"
    """What a line about a contribution means, by whatever word it accepts or rejects it."""


WORDLESS = (Verb.ACCEPT, Verb.AGREE, Verb.UNBLOCK, Verb.APPROVE, Verb.HELP, Verb.UNSUBSCRIBE)
"""Verbs that take no words: the lines that follow do not belong to them."""

WITH_MODALS = (
    *(Verb.ACCEPT, Verb.DECLINE, Verb.POSTPONE, Verb.GIVE_UP, Verb.TAKE_BACK),
    *(Verb.REJECT, Verb.REPORT),
)
"""Verbs that count with “will”: “I will accept”, but not “I will verify”."""

OVERRIDING_VERBS = (
    *(Verb.POSTPONE, Verb.DECLINE, Verb.GIVE_UP, Verb.BLOCK, Verb.REASSIGN, Verb.CLAIM),
)
"""Verbs that override an “accept” before them."""

_PARTS = {
    "IDS": parse_table(rf"{IDS}  ✓ A1 and A2  ✗ Amber"),
    "CANNOT": parse_table(
        r"""
        (?:won't|will not|can't|cannot|can not|not going to|not be able to)(?: be able to)?
            ✓ will not be able to  ✗ will be able to
        """
    ),
    "FINISH": parse_table(
        r"""
        (?:make (?:it|that)|finish(?: it| this)?|get (?:to )?(?:it|this)(?: done)?|manage(?: it)?)
            ✓ get this done  ✗ get there
        """
    ),
}
_WHOLE_VERB = r"(?:{})(?![\w'’]|-\w)"
"""No word character may follow the words of a verb."""

_VERB_FORMS = {
    Verb.TAKE_BACK: r"""
        tak(?:e|ing|en) (?:(?:it|this|that|(?:my|the) claim|<IDS>) )?back
            ✓ take A1 back  ✗ take it over
        took (?:it )?back                         ✓ took it back  ✗ took it
        retract(?:ed|ing)?(?: (?:my|the) claim)?  ✓ retract my claim  ✗ retractable
        withdraw (?:my|the) claim                 ✓ withdraw the claim  ✗ withdraw the money
    """,
    Verb.REASSIGN: r"""
        re-?assign(?:ed|ing)?(?: (?:it|this|that))?(?: to)?
            ✓ reassign this to omar@example.org  ✗ assign it to Omar
        (?:hand|pass)(?:ed|ing)? (?:it|this|that) (?:over |on )?to
            ✓ passing it on to Omar  ✗ passing the test
        (?:give|gave) (?:it|this|that) to  ✓ give it to Omar  ✗ give it a try
    """,
    Verb.GIVE_UP: r"""
        (?:give|giving|gave|given) (?:(?:it|this|that|<IDS>) )?up  ✓ giving it up  ✗ given the time
        (?:cannot|can't|can not|could not|couldn't) be done  ✓ it cannot be done  ✗ it can be done
        not (?:feasible|possible|doable)  ✓ this is not feasible  ✗ this is feasible
        infeasible|unfeasible|impossible  ✓ impossible  ✗ impossibly late
    """,
    Verb.UNBLOCK: r"""
        unblock(?:ed)?          ✓ unblocked  ✗ unblocking
        (?:no longer|not) blocked(?: any ?more| any longer)  ✓ not blocked anymore  ✗ not blocked
        no longer blocked       ✓ no longer blocked  ✗ still blocked
        not blocked now         ✓ not blocked now  ✗ not blocked by it
        resum(?:e|ed|ing)       ✓ resumed  ✗ a resumption
        go(?:es|ing)? on again  ✓ it goes on again  ✗ it goes on
    """,
    Verb.BLOCK: r"""
        still blocked       ✓ still blocked by the freeze  ✗ still working
        block(?:ed)?        ✓ blocked by the freeze  ✗ blocking
        stuck               ✓ stuck at the vendor  ✗ a sticking point
        waiting (?:for|on)  ✓ waiting for the vendor  ✗ waiting
        held up             ✓ held up by procurement  ✗ held
        on hold             ✓ on hold  ✗ on holiday
    """,
    Verb.SNOOZE: r"""
        snooze(?: (?:it|this|that|me|(?:my )?reminders?))?  ✓ snooze it until Friday  ✗ snoozed it
        remind me(?: again)?(?: on)?  ✓ remind me on Friday  ✗ reminder
    """,
    Verb.POSTPONE: r"""
        (?:needs? )?(?:(?:some |a bit |a little )?(?:more|extra|additional) time,? )?
        (?:until|till)
            ✓ need a bit more time until 13 March  ✗ untilled
        needs? (?:some |a bit |a little )?(?:more|extra|additional) time
            ✓ needs more time  ✗ needs time
        (?:more|extra) time                       ✓ more time, please  ✗ more timely
        postpone[ds]?                             ✓ postpone to 13 March  ✗ postponing
        extend(?:ed)?                             ✓ extend to 13 March  ✗ extends
        (?:new|later) (?:due )?date(?: is| would be)?:?  ✓ new date 13 March  ✗ new dates
        extension                                 ✓ extension to 13 March  ✗ extensions
        (?:needs? (?!to (?:move|push|shift|slip|delay))
        |(?:needs? to )?(?:move|push|shift|slip|delay)s? (?:<IDS> |this |that |the (?:due )?date )?)
        (?:it )?(?:out |back )?(?:to|by)
            ✓ push it to 13 March  ✗ push it
        needs?(?= (?:(?:\S{1,8} )?(?:more|extra|additional)|another(?: \S{1,8})?)\s
            (?:days?|weeks?|months?))
            ✓ need two more weeks  ✗ need two weeks
        <CANNOT> <FINISH>(?: (?:by|on|in) [^.,;\n]{1,30}?(?=,? because\b|[.,;]|$)
        | (?:before|until|till))?
            ✓ cannot make it by Friday because of the freeze  ✗ can make it by Friday
    """,
    Verb.REPORT: r"""
        progress                            ✓ progress half of it is live  ✗ progressive
        status                              ✓ status two of three  ✗ statuses
        update                              ✓ update half way  ✗ updated
        (?:still )?working(?: on(?: it)?)?  ✓ still working on it  ✗ it worked
        in progress                         ✓ in progress  ✗ progressing
        on track                            ✓ on track  ✗ on tracks
        \d{1,2} ?%(?: done)?                ✓ 80 % done  ✗ done to a part
        started                             ✓ started on Monday  ✗ start
        under ?way                          ✓ underway  ✗ under weight
        half ?way(?: there)?                ✓ half way there  ✗ half of it
        wip                                 ✓ WIP  ✗ wiped
    """,
    Verb.CLAIM: r"""
        done|finished|fixed|completed?         ✓ done https://example.org/1  ✗ do it
        shipped|implemented|deployed|released  ✓ deployed to all regions  ✗ deploying
        rolled out|delivered|resolved|merged   ✓ rolled out  ✗ rolled back
        claim(?:ed)?                           ✓ claim: the alert is live  ✗ claims
        in place                               ✓ the limit is in place  ✗ in places
    """,
    Verb.VERIFY: r"""
        verif(?:y|ied)  ✓ verified: the alert fired  ✗ verifying
        confirm(?:ed)?  ✓ confirmed, I saw it  ✗ confirming
    """,
    Verb.REJECT: r"reject(?:ed|ing)?  ✓ rejected because the link is dead  ✗ rejection",
    Verb.GRANT: r"grant(?:ed)?  ✓ granted  ✗ granting",
    Verb.REFUSE: r"refused?  ✓ refuse because of the launch  ✗ refusal",
    Verb.DROP: r"drop(?:ped)?  ✓ drop because it costs too much  ✗ dropping",
    Verb.KEEP: r"keep|kept  ✓ keep because the risk is too high  ✗ keeper",
    Verb.APPROVE: r"approved?  ✓ approve closure  ✗ approval",
    Verb.DECLINE: r"declin(?:e|ed|ing)  ✓ declining because I am on leave  ✗ declination",
    Verb.ACCEPT: r"""
        accept(?:ed|ing)?                         ✓ accepted  ✗ acceptable
        (?:take|do|own)(?: on)?(?= <IDS>)         ✓ take A1  ✗ take one
        (?:take|do|own) (?:it|this|that|them|these|both|all)(?: on)?  ✓ take it on  ✗ take time
        take care of (?:it|this|that|them|these)  ✓ take care of this  ✗ take care
        on it                                     ✓ on it  ✗ on its way
        mine                                      ✓ mine  ✗ mined
        count me in                               ✓ count me in  ✗ count them
    """,
    Verb.AGREE: r"""
        yes(?: please| of course)?    ✓ yes please  ✗ yesterday
        yep|yeah|ok(?:ay)?|sure(?: thing)?|fine|no problem  ✓ okay  ✗ surely
        will do                       ✓ will do  ✗ will be done
        agreed?                       ✓ agreed  ✗ agreement
        sounds good                   ✓ sounds good  ✗ sounds bad
        of course                     ✓ of course  ✗ a course
        gladly                        ✓ gladly  ✗ glad
        \+1                           ✓ +1  ✗ 1
    """,
    Verb.NOTE: r"(?:note|remark|fyi)(?=\s*:)  ✓ note: the vendor called  ✗ note that they called",
    Verb.HELP: r"help  ✓ help  ✗ helpful",
    Verb.UNSUBSCRIBE: r"unsubscribe  ✓ unsubscribe  ✗ unsubscribed",
}
"""The expressions of each verb, the longer before the shorter."""

VERBS: tuple[tuple[Verb, PatternTable], ...] = tuple(
    (verb, parse_table(forms, _WHOLE_VERB, parts=_PARTS)) for verb, forms in _VERB_FORMS.items()
)

NEEDS_UNTIL = parse_table(
    r"""
    (?:(?:but|and|though|however|yes|ok|okay|sure)[\s,]{1,5})*+
    (?:(?:since|as|because(?: of)?|due to)\s{1,20})?(?P<why>[^.!?\n]{3,200}?)(?<!\bbut),?\s{1,20}
    (?:(?:so|therefore|and)\s{1,20})*
    (?:i|we)(?:'ll| will|'d| would)?(?: also| probably)? need\s{1,20}
    (?:(?:some |more |extra )*time,? )?(?:until|till)\s{1,20}(?P<until>[^.!?\n]{3,60})[.!]*
        ✓ Because of the freeze I need until 20 March.  ✗ The freeze lasts until 20 March.
    """
)

NAMED_REPORT = parse_table(r"progress|status|update  ✓ progress  ✗ on track")
NAMED_BLOCK = parse_table(
    r"""
    (?:still )?block(?:ed)?  ✓ still blocked  ✗ on hold
    stuck                    ✓ stuck  ✗ waiting on
    """
)

PLAIN_LEAD = parse_table(
    r"""
    hi|hello|hey|yes|yep|yeah|ok|okay|well|so|and|also|then|now|please  ✓ ok, done  ✗ okey, done
    it|this|that|this one|that one|these|they  ✓ this one is done  ✗ those are done
    is|are|it's|that's|its|has been|have been|has|have|was|were|been
        ✓ has been done  ✗ would be done
    i|i've|i'm|am|we|we've|we're               ✓ we've done it  ✗ they'll do it
    just|already|finally|hereby|fully|completely|happily|gladly  ✓ finally done  ✗ nearly done
    the action|the task|action|task|everything|all|both|100 ?%  ✓ 100 % done  ✗ 90 % done
    sorry|unfortunately|thanks|thank you|my answer|answer|afraid|but now
        ✓ Unfortunately, blocked  ✗ but blocked
    can(?= confirm)                            ✓ can confirm  ✗ can verify
    """,
    r"(?:{})(?=[\s,.:;!–—-])[\s,.:;!–—-]+",
)
MODAL_LEAD = parse_table(
    r"""
    will|'ll|i'll|we'll|shall              ✓ I'll accept  ✗ I accept
    can(?! confirm)|could|must             ✓ can accept  ✗ can confirm
    have to|has to|had to|need to|want to  ✓ have to decline  ✗ have declined
    would like to|i'd like to|like to|am going to|going to  ✓ going to decline  ✗ going down
    happy to|glad to|would|i'd             ✓ happy to accept  ✗ happily accepted
    prefer to|wish to                      ✓ wish to decline  ✗ wishes
    """,
    r"(?:{})\s+",
)

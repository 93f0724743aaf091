"""The words further on in a reply that retract what it seems to say at its beginning."""

from __future__ import annotations

from rules.pattern_table import parse_table

CONDITIONS = parse_table(
    r"""
    if\b(?![^,\n]{0,200},)  ✓ if Omar agrees  ✗ if so, we tell you
    unless\b|provided\b|as long as\b|assuming\b|once\b|when\b|as soon as\b|on condition\b
        ✓ once it is merged  ✗ it is merged
    """,
    "(?:{})",
)
"""Words that put a condition; an “if …, …” has its own clause after the comma."""

_STATES = r"(?:done|finished|complete\w*|merged|deployed|live|there|ready|shipped|work\w*)"
_NOT = r"\b(?:not|never|\w+n['’]t)"
_PARTS = {
    "STATES": parse_table(f"{_STATES}  ✓ ready  ✗ read"),
    "NOT": parse_table(f"{_NOT}  ✓ isn't  ✗ is"),
    "CONDITIONS": CONDITIONS,
}

CERTAINLY_NOT_DONE = parse_table(
    r"""
    <NOT>(?: \w+)? (?:done|finished|complete\w*|merged|deployed|live|shipped)\b
        ✓ it is not yet merged  ✗ it is merged
    \bno,? wait\b                 ✓ no, wait  ✗ no waiting
    (?:^|[.!?\n])\W{0,20}wait\b        ✓ It is done. Wait, one is missing  ✗ it cannot wait
    \bkidding\b                   ✓ just kidding  ✗ a kid
    \bscratch that\b              ✓ scratch that  ✗ from scratch
    \bwrong (?:link|ticket)\b     ✓ sorry, wrong link  ✗ a wrong default
    \b(?:won['’]t|will not) do\b  ✓ we will not do it  ✗ it will do
    \breverted\b                  ✓ it was reverted  ✗ a revert button
    \brolled (?:it )?back (?:this|again|since|though)\b
        ✓ rolled back again  ✗ it can be rolled back
    """,
    parts=_PARTS,
)
_PARTS["CERTAINLY_NOT_DONE"] = CERTAINLY_NOT_DONE

NOT_DONE = parse_table(
    r"""
    <CERTAINLY_NOT_DONE>                           ✓ just kidding  ✗ from scratch
    <NOT>(?: \w+)? <STATES>\b                      ✓ it does not work  ✗ it works
    \bstill (?:open|missing|to do|pending|waiting|needs?)\b
        ✓ one is still open  ✗ it is still running
    \b(?:is|are) (?:still )?(?:open|missing)\b     ✓ one is missing  ✗ nothing went missing
    \bstarting (?:tomorrow|next|on)\b              ✓ starting tomorrow  ✗ the starting point
    \b(?:someone|somebody) else\b                  ✓ for somebody else  ✗ somebody tested it
    \bA\d{1,4}\b,?(?: is)? (?:not|half)\b          ✓ A2 is half way  ✗ A2 is live
    \bfor the most part\b  ✓ for the most part  ✗ for the most important part
    \b(?:except|apart from|modulo|minus (?:the|one|an?)|(?:in|under) review|as far as)\b
        ✓ except in one region  ✗ in every region
    \bpending (?:review|approval|merge|deploy\w*)  ✓ pending review  ✗ spending
    \(?draft (?:pr|mr)\b                           ✓ (draft PR)  ✗ drafted
    \bbut only\b                                   ✓ but only in staging  ✗ in staging too
    \bwaiting for (?!verif|you)                    ✓ waiting for the vendor  ✗ waiting for you
    \bonly (?:in|on|to) \w+                        ✓ only in Europe  ✗ only now
    \b(?:to|in|on) staging only\b                  ✓ to staging only  ✗ to staging and production
    \bstaging\b[^.!?\n]{0,40}\bproduction (?:next|later|tomorrow|soon)
        ✓ it is in staging, production tomorrow  ✗ it is in staging and production
    \bbut\b[^.!?\n]{0,80}(?:\b(?:not|missing|open|todo|left|pending|remain\w*|fail\w*|broken
    |needs?|wait\w*)\b|\wn['’]t\b)
        ✓ but one test fails  ✗ but slower than we hoped
    """,
    parts=_PARTS,
)
"""Words that say of something done that it is not."""

OTHER_WORK = parse_table(
    r"""
    (?:reading|writing|the (?:design|draft|analysis|first|plan))\b
    (?!.*\b(?:merged|deployed|live|shipped)\b)
        ✓ reading it  ✗ the design, and it is merged
    date\b                                        ✓ date  ✗ dates
    from (?:this|that|my) (?:duty|task|action)\b  ✓ from this duty  ✗ from this branch
    deal\b                                        ✓ deal  ✗ dealt with
    is better\b                                   ✓ is better than perfect  ✗ it is
    to do\b                                       ✓ to do  ✗ to production
    an? (?:date|talk)\b                           ✓ a date  ✗ a limit
    part \d                                       ✓ part 1  ✗ party
    of this\b                                     ✓ of this  ✗ of them
    up a\b                                        ✓ up a plan  ✗ upstream
    = ?true                                       ✓ = true  ✗ true
    """,
    r"\W*(?:{})",
)
"""“Finished reading it”, “fixed date”: something other than the action is done."""

AFTER_LINK = parse_table(
    r"""
    <CONDITIONS>             ✓ once it is merged  ✗ it is merged
    until\b|only\b|except\b  ✓ (only in Europe)  ✗ (everywhere)
    """,
    r"\W*(?:{})",
    parts=_PARTS,
)

NO_SUCCESS = parse_table(
    r"""
    \b(?:not|never|cannot|nothing(?! (?:broke|else|failed|happened))|none|fails?|failed|failing
    |broken|dead|wrong|missing|pending|incomplete|please|later|tomorrow|will|would|should|could
    |might|maybe|wait|rerun|reject\w*|except|unless|but)\b
        ✓ nothing fired  ✗ nothing broke
    \wn['’]t\b              ✓ it didn't fire  ✗ it fired
    \w['’]ll\b              ✓ I'll look at it  ✗ I looked at it
    ^\W*by (?!\w+ing\b)\w+  ✓ by Friday  ✗ by running the drill
    """
)
"""Words in a finding that may mean the opposite of “verified”."""

CERTAINLY_FAILED = parse_table(
    r"""
    \b(?:is|are|was|were|still) (?:dead|broken|missing|wrong)\b
        ✓ the link is dead  ✗ the dead link is gone
    <NOT> (?:work|fire|page|alert|yet|there|done)\w*  ✓ it did not fire  ✗ it fired
    \bfails? (?:in|on|for|with|again)\b  ✓ it fails in Europe  ✗ no failure
    \bcannot\b                           ✓ I cannot see it  ✗ I can see it
    \brejected?\b                        ✓ rejected  ✗ 20 rejections
    """,
    parts=_PARTS,
)

GRANT_TERMS = parse_table(
    r"""
    <CONDITIONS>                 ✓ if Omar helps  ✗ with thanks
    only (?:if|until|till|when)  ✓ only until Friday  ✗ only this
    provided\b                   ✓ provided it is the last time  ✗ providing
    """,
    r"\b(?:{})",
    parts=_PARTS,
)
"""Conditions on granting more time: it is granted until the requested day, or refused."""

IDIOM = parse_table(
    r"""
    by\b(?! (?:a\d|action))  ✓ by our desk  ✗ because of the cost
    it up\b                  ✓ it up  ✗ it
    in touch\b|in mind\b     ✓ in touch  ✗ in two weeks
    posted\b|going\b|on\b    ✓ on going  ✗ once more
    """,
    r"\W*(?:{})",
)
"""“Drop by”, “keep it up”: idioms that decide nothing."""

APPROVAL_TERMS = parse_table(
    r"""
    \b(?:<CONDITIONS>|until\b|till\b|only\b|but\b|not\b|later\b|tomorrow\b|again\b|before\b
    |after\b|must\b|should\b|needs?\b|first\b|note\b|letter\b|mail\b|except\b)
        ✓ after the meeting  ✗ as agreed
    \wn['’]t\b  ✓ don't close it yet  ✗ close it
    """,
    parts=_PARTS,
)
RETRACTED_YES = parse_table(
    r"""
    but|unless|only|except|however|provided|as long as|assuming|wait|nope|no(?=\W*$)
        ✓ But Omar must help  ✗ Best regards
    not (?:me|now|yet)    ✓ not now  ✗ now
    on second thou?ghts?  ✓ on second thoughts  ✗ on Monday
    if\b(?![^,\n]{0,200},)      ✓ if Omar helps  ✗ if so, we tell you
    """,
    r"\W*(?:{})\b",
)
DENIAL = parse_table(
    r"<NOT>(?: yet| quite| really| fully)? <STATES>\b  ✓ it is not quite done  ✗ it is done",
    parts=_PARTS,
)
CITATION = parse_table(
    r"""
    (?!.*\b(?:i|we|you|here)\b).{0,200}\b(?:wrote|writes|says|said|tells?|told|asked|reported
    |schrieb|sagte?|meint|a écrit|dit|escribió|dice)\b[^:.!?]{0,60}:\s*
        ✓ As Omar wrote on Friday:  ✗ As I said to you:
    """
)
"""A line that says that the words below it are somebody else's."""

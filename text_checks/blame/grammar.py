"""The subjects and predicates of sentences that blame, as parts of other patterns."""

from __future__ import annotations

import re

from rules.pattern_table import PatternTable, parse_table

ROLE = parse_table(
    r"""
    engineers?|[a-z]{3,20}icians?|operators?|developers?|devs?|admin(?:istrator)?s?
        ✓ engineer  ✗ engine
    sys-?admins?|technicians?|dba|sres?         ✓ sysadmin  ✗ system
    on-?call(?:er|ers)?(?: engineers?)?         ✓ on-call engineer  ✗ call
    responders?|employees?|colleagues?|contractors?|managers?|maintainers?|testers?
        ✓ manager  ✗ manage
    analysts?|interns?|juniors?|newcomers?|trainees?|nurses?|doctors?|pilots?|captains?
        ✓ intern  ✗ interned
    crews?|officers?|drivers?|clerks?|agents?|staff|personnel|shift|strategists?|vendors?
        ✓ vendor  ✗ vendored
    suppliers?|authors?|reviewers?|committers?  ✓ reviewer  ✗ review
    person|individual|people|guys?              ✓ people  ✗ peoples
    teams?|ops|qa|operations|support|member|members  ✓ team  ✗ teamed
    user|users|customers?                       ✓ user  ✗ used
    leads?|owners?                              ✓ owner  ✗ owned
    """,
    r"(?:{})",
    is_fragment=True,
)

STAFF = ROLE.without("user|users|customers?", "person|individual|people|guys?")
"""The roles of people whose work it was."""


def _build_person(role: PatternTable) -> PatternTable:
    return parse_table(
        r"""
        he|she|they|somebody|someone|nobody|no one  ✓ somebody  ✗ some body
        (?:the|an?|our|one|some|this|that|his|her|their|another) (?:[\w’'-]{1,40} ){0,3}<ROLE>
            ✓ the on-call engineer  ✗ the phone
        <ROLE>                                      ✓ engineers  ✗ engines
        """,
        r"(?:{})",
        parts={"ROLE": role},
        is_fragment=True,
    )


PERSON = _build_person(ROLE)
WORKER = _build_person(STAFF)
"""The people whose work it was; that users could have seen something is a fact."""

NAME = parse_table(
    r"""
    (?!(?:We|I|It|They|You|This|That|These|Those|There|The|Our|Then|And|But|However|When|Nobody
    |Users?|Customers?|Clients?|All|Some
    |Both)\b)[A-ZÀ-Þ][a-zà-ÿ]{1,20}(?: [A-ZÀ-Þ][a-zà-ÿ]{1,20})?
        ✓ Tom Ray  ✗ TOM
    @[\w-]{2,30}  ✓ @tom-ray  ✗ @t
    """,
    r"(?:{})",
    flags=re.NOFLAG,
    is_fragment=True,
)

FAILED = parse_table(
    r"""
    failed|forgot|forgets|neglected|omitted  ✓ forgot to drain  ✗ forgot it
    did(?: not|n['’]t) (?:bother|think|remember|care|manage)  ✓ didn’t bother to ask  ✗ didn’t ask
    (?:was|were) too (?:lazy|busy)           ✓ was too busy to check  ✗ was busy
    """,
    r"(?:{}) to",
    is_fragment=True,
)

MISSED = parse_table(
    r"""
    missed|overlooked|ignored|disregarded|mishandled|mismanaged|botched|bungled|messed up
        ✓ overlooked  ✗ looked
    screwed up|broke|misread|misconfigured|misjudged|misunderstood|mistyped|fat-fingered
        ✓ mistyped  ✗ typed
    skipped|erred|blundered|panicked|got overeager|was asleep|were asleep  ✓ panicked  ✗ panic
    """,
    r"(?:{})",
    is_fragment=True,
)

DID_NOT = parse_table(
    r"""
    notice|check|verify|validate|test|catch|read|follow|realise|realize|know|understand|look
        ✓ did not notice  ✗ did notice
    think|communicate|escalate|tell|inform|pay attention|double-check|review|ask|consider
        ✓ did not escalate  ✗ never escalated
    bother|care|checked|verified|tested|read|followed|noticed|told|informed|asked
        ✓ had not checked  ✗ had checked
    """,
    r"(?:did(?: not|n['’]t)|does(?: not|n['’]t)|do(?: not|n['’]t)|"
    r"never|had(?: not|n['’]t)) (?:\w{1,40} )?(?:{})\b",
    is_fragment=True,
)

SHOULD = parse_table(
    r"should|could|ought to|must|might  ✓ should have  ✗ should",
    r"(?:{})(?: not|n['’]t)? have\b",
    is_fragment=True,
)

WRONGLY = parse_table(
    r"""
    accidentally|mistakenly|carelessly|wrongly|incorrectly|inadvertently|negligently
        ✓ mistakenly  ✗ mistake
    foolishly  ✓ foolishly  ✗ foolish
    """,
    r"(?:{})",
    is_fragment=True,
)

WRONG_ACT = parse_table(
    r"""
    <WRONGLY> \w+  ✓ accidentally deleted  ✗ deleted
    (?:\w{1,30}ed|chose|ran|put|cut|shut|hit|typed) (?:the |a |an )?(?:wrong|bad|buggy|broken
    |incorrect|faulty)\b
        ✓ pushed the wrong button  ✗ pushed the button
    [^.;]{2,60} without (?:looking|checking|testing|asking|reading|thinking|telling|verifying)
        ✓ deployed it without testing  ✗ deployed it after testing
    """,
    r"(?:{})",
    parts={"WRONGLY": WRONGLY},
    is_fragment=True,
)

ERROR = parse_table(
    r"""
    errors?|mistakes?|oversights?|negligence|carelessness|incompetence|inattention
        ✓ mistakes  ✗ mistaken
    sloppiness|blunders?  ✓ blunder  ✗ blundered on
    """,
    r"(?:{})",
    is_fragment=True,
)

GRAMMAR = {
    "ROLE": ROLE,
    "STAFF": STAFF,
    "PERSON": PERSON,
    "WORKER": WORKER,
    "NAME": NAME,
    "FAILED": FAILED,
    "MISSED": MISSED,
    "DID_NOT": DID_NOT,
    "SHOULD": SHOULD,
    "WRONGLY": WRONGLY,
    "WRONG_ACT": WRONG_ACT,
    "ERROR": ERROR,
}

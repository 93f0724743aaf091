"""The patterns of blaming sentences, each with its problem and the question to ask instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_checks.blame.grammar import (
    DID_NOT,
    ERROR,
    FAILED,
    MISSED,
    NAME,
    PERSON,
    ROLE,
    SHOULD,
    STAFF,
    WORKER,
    WRONG_ACT,
    WRONGLY,
)


@dataclass(frozen=True, slots=True)
class BlamePattern:
    """One pattern of blame: its code, regular expression, problem, and question to ask instead."""

    code: str
    regex: re.Pattern[str]
    problem: str
    question: str


def _compile_any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _compile_exact(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


ASK_CONTEXT = "What did it look like at that moment, and what made it seem right?"
ASK_SAFEGUARD = "What made this step easy to get wrong, and what would have caught it?"
ASK_VISIBILITY = "What would have made this step visible, or unnecessary?"

BLAME_PATTERNS = (
    BlamePattern(
        "human-error",
        _compile_any(
            rf"\b(?:human|operator|user|pilot|driver|engineer|individual|administrator|admin"
            rf"|personnel)[ -]{ERROR}\b",
            r"\bindividual inattention\b|\bpebkac\b|\bid-?10-?t\b|\bfinger trouble\b"
            r"|\bfat[- ]finger\w*",
            r"\bpushed the wrong button\b|\bpilot error\b|\bperson erred\b|\blayer 8\b",
            rf"\b(?:was|is) (?:the|an?) (?:[\w-]+ ){{0,2}}{ROLE}['’]s? {ERROR}",
            rf"\b(?:caused by|due to|because of|result of|reason (?:is|was)"
            rf"|came down to) (?:the |an? |his |her |their )?"
            rf"(?:[\w’'-]+ ){{0,3}}{ROLE}(?:['’]s?)? {ERROR}",
        ),
        "“Human error” stops the search for causes where it should begin.",
        ASK_SAFEGUARD,
    ),
    BlamePattern(
        "character",
        _compile_any(
            r"\b(?:was|were|is|are|be|been|being|a|an|the|his|her|their|its|of|by|through|too"
            r"|so|such|not the most) (?:\w+ )?"
            r"(?:careless|negligent|sloppy|incompetent|lazy|reckless|stupid|cavalier|clueless"
            r"|irresponsible|unprofessional"
            r"|complacent|inattentive|overconfident|overeager|inexperienced"
            r"|amateurish)\b(?! (?:regular|regex|query|default))",
            r"\b(?:carelessness|negligence|sloppiness|incompetence|laziness|recklessness"
            r"|complacency|stupidity)\b",
            r"\b(?:rookie|amateur|beginner['’]?s?|stupid|silly|dumb|careless"
            r"|embarrassing) mistakes?\b|\basleep at the wheel\b",
            rf"\b(?:junior|inexperienced|new|tired|drunk|rogue) {ROLE} (?:{WRONGLY}|who|had"
            rf"|was|were|did)\b",
            rf"\bcaused by an? (?:junior|inexperienced|tired|careless) {ROLE}\b"
            rf"|\bcavalier attitude\b",
            r"\bnot the most careful\b|\bpoor decision-making\b|\bshould (?:be"
            r"|have been) (?:fired|disciplined)\b",
        ),
        "It judges somebody's character, and explains nothing that could be changed.",
        "What about the task, the tool or the time of day made the slip likely?",
    ),
    BlamePattern(
        "should-have",
        _compile_any(
            rf"(?<!so )\b{WORKER} (?:\w+ )?{SHOULD}(?! (?:had|helped|been))",
            rf"(?<!so )\b{WORKER} should(?: not|n['’]t)? have been (?:more|less|careful|aware"
            rf"|trained|awake|there|watching)\b",
            rf"\b(?:if only|had|if) (?:the |our |an? )?(?:[\w’'-]+ ){{0,2}}(?:{ROLE}) (?:had "
            rf"|only |been )?(?:\w+ )?"
            r"(?:checked|followed|noticed|read|tested|escalated|been more|paid|looked|asked"
            r"|verified|waited)\b",
            rf"\b(?:could|should) have (?:been|be) \w+ by (?:the "
            rf"|our )?(?:[\w’'-]+ ){{0,2}}{ROLE}\b",
        ),
        "It says what somebody should have done, which is clear only in hindsight.",
        ASK_CONTEXT,
    ),
    BlamePattern(
        "self",
        _compile_any(
            r"\bI (?:\w+ )?(?:failed to|forgot|neglected|messed|screwed|should have"
            r"|shouldn['’]t have|could have|blew|botched"
            r"|broke|overlooked|missed|was careless|was sloppy|was wrong|was stupid"
            r"|got overeager|assumed wrongly)",
            r"\bI (?:did not|didn['’]t|never) (?:notice|check|verify|test|read|think|realise"
            r"|realize|double-check|pay attention)",
            rf"\bI (?:{WRONGLY}|did (?:some|it|this) \w+ (?:wrong|wrongly))\b"
            rf"|\bmy (?:own )?(?:fault|mistake|bad|error|oversight|carelessness)\b",
            r"^(?:should|could) have (?:double-)?(?:checked|tested|noticed|read|known|asked"
            r"|verified)\b",
        ),
        "Blaming yourself hides the cause just as blaming somebody else does.",
        ASK_CONTEXT,
    ),
    BlamePattern(
        "accusing-question",
        _compile_any(
            r"^(?:q: )?why (?:did(?: not|n['’]t)?|were(?: not|n['’]t)?|was(?: not|n['’]t)?"
            r"|would|do|does) "
            r"(?:not )?(?:you|he|she|they|anyone|anybody|somebody|someone|nobody|no one"
            r"|the (?:[\w-]+ )?" + ROLE + r")\b[^?]*\?",
            r"^who (?:approved|did|merged|pushed|broke|allowed|is responsible|caused|let"
            r"|signed off|wrote|deployed|was supposed)\b",
            r"^(?:be more careful|pay more attention|do (?:it|so) (?:more )?responsibly"
            r"|don['’]t let it happen again)\b"
            r"|\bplease do so responsibly\b",
        ),
        "It asks who is responsible, not what happened.",
        "What made that the sensible thing to do at the time?",
    ),
    BlamePattern(
        "ignorance",
        _compile_any(
            rf"\b{PERSON} (?:who \w+ \w+ )?(?:did(?: not|n['’]t)|does(?: not|n['’]t)"
            rf"|doesn['’]t) (?:know|understand|believe)\b",
            rf"\b(?:lack of (?:knowledge|understanding|experience|skill|training|awareness"
            rf"|discipline) (?:of|on the part of|by|among) "
            rf"(?:the |our )?(?:[\w’'-]+ ){{0,2}}{ROLE})|\b{ROLE}(?:['’]s?) (?:lack|ignorance"
            rf"|inexperience)\b",
            rf"\b(?:the|an?) {ROLE} (?:was|were) (?:unaware|ignorant|untrained|unfamiliar"
            rf"|unqualified)\b",
        ),
        "It stops at what somebody did not know.",
        "How could anyone learn it, and what would have shown it at that moment?",
    ),
    BlamePattern(
        "forgot",
        _compile_any(
            rf"\b{PERSON} (?:who [\w ]{{1,30}} )?(?:\w+ly )?{FAILED}\b",
            rf"\b{ROLE}(?:['’]s?) (?:\w+ ){{0,2}}(?:failure to|mismanagement|negligence"
            rf"|inability to|pattern of)\b",
            rf"\bfailure (?:of|by) (?:the |our )?(?:[\w’'-]+ ){{0,2}}{ROLE} to\b",
            rf"\b(?:the|an?|our|one|some) (?:[\w-]+ ){{0,2}}{STAFF} (?!do)(?!does){DID_NOT}",
            r"\b(?:he|she|they) (?:did(?: not|n['’]t)|never) (?:read|follow|check|test|think"
            r"|listen|bother|pay attention|look)\b",
            r"\b(?:if|had) [A-Z]\w+ (?:had )?(?:followed|checked|read|tested)\b",
        ),
        "It says what somebody did not do, not what happened.",
        ASK_VISIBILITY,
    ),
    BlamePattern(
        "they",
        _compile_any(
            rf"\b(?:the|our|that) (?:[\w-]+ ){{0,2}}(?:team|department|vendor|group|guys|folks"
            rf"|management|management team) "
            rf"(?:{MISSED}|{FAILED}|{DID_NOT}|dropped the ball|let us down|is to blame"
            rf"|are to blame)",
            r"\b(?:to blame (?:is|are|for this is)|blame lies with|fault of|fault lies with"
            r"|clean up after|let us down|dropped the ball)\b",
            r"\b(?:as usual|once again),? (?:it fell|the \w+|they)\b|\bonly \w+ (?:team"
            r"|person) reacted\b|\bdid not bother\b",
        ),
        "It puts the fault on another team.",
        "What did the two sides know about each other, and what would have told them?",
    ),
    BlamePattern(
        "named",
        _compile_exact(
            rf"(?:^|(?<=[.;:,–—-] )|(?<=because )|(?<=since )|(?<=when )|(?<=and )"
            rf"|(?<=but )){NAME} "
            rf"(?:\w+ly )?(?:forgot to|neglected to|{MISSED}|{DID_NOT}|{WRONG_ACT})",
            rf"\bcause (?:of [\w ]{{3,40}} )?(?:was|is) {NAME}, who\b",
            rf"\b(?:fault|mistake) (?:of|by) {NAME}\b",
            rf"\b(?:[Tt]he |[Aa]n? |[Oo]ur |^)(?:[\w-]+ ){{0,2}}(?:{STAFF}|[Oo]n-?call|Engineer"
            rf"|Developer|Ops|Operator|QA|Admin) "
            rf"(?:{MISSED}|{FAILED}|{DID_NOT}|{WRONG_ACT}|was slow|were slow)",
        ),
        "It names a person and a mistake, and nothing around them.",
        ASK_CONTEXT,
    ),
)

BLAME_MENTION = re.compile(
    r"\b(?:blam(?:e|ed|ing|eless\w*)\b(?!.{0,20}(?:lies with|is the|are the))|not (?:use"
    r"|accept|say|write) .{0,20}human error"
    r"|(?:instead of|rather than|beyond|behind|label(?:led)?|called|term|word|phrase|assumed"
    r"|suspected|avoid\w*|prevent\w*|reduce\w*"
    r"|protect\w* against|guard\w* against|possib\w+|potential|risk of|prone to|without|no"
    r"|never|not (?:a|an|any|due to|caused by)"
    r"|was not|wasn['’]t|rule[sd]? out|room for|chance of|less|against|eliminate\w*"
    r"|finding a way) (?:of |the |a |an |any |for )?"
    r"(?:\w+ )?(?:human|operator|user|pilot|manual) (?:error|mistake)s?|fault tolerance"
    r"|do not fault"
    r"|human errors? (?:is|are) (?:where|not|never|a symptom|only|the (?:start|beginning)))\b",
    re.IGNORECASE,
)
"""Text about blame or human error itself."""

OWN_TEAM = re.compile(
    r"\b(?:we|us|our team) (?:\w+ )?(?:failed|forgot|should|could|did|missed|overlooked)\b",
    re.IGNORECASE,
)
OPEN_QUESTION = re.compile(r"^(?:what|how|which|when|where)\b[^?]*\?", re.IGNORECASE)
SOFTWARE_FAILURE = re.compile(
    r"\b(?:service|server|script|job|pipeline|system|scheduler|code|parser|test|tests|alert"
    r"|check|strategy|contract|process"
    r"|tool|algorithm|implementation|balancer|library|workflow|deployer|cluster|node|pod"
    r"|daemon|agent container|monitor"
    r"|user agent|support (?:page|portal|system|ticket)|operator pod|runbook|migration"
    r"|checklist|form|expression|query|build)\b"
    r"(?: (?:\w+ ){0,3}(?:failed|forgot|did|does|should|could|ignored|missed|never|had|has|was))",
    re.IGNORECASE,
)
"""Software or a document as what failed: a fact, not blame."""

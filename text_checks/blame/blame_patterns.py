"""The patterns of blaming sentences, each with its problem and the question to ask instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.pattern_table import PatternTable, parse_table
from text_checks.blame.grammar import GRAMMAR


@dataclass(frozen=True, slots=True)
class BlamePattern:
    """One kind of blame: its code, its pattern, its problem, and the question to ask instead."""

    code: str
    table: PatternTable
    problem: str
    question: str


ASK_CONTEXT = "What did it look like at that moment, and what made it seem right?"
ASK_SAFEGUARD = "What made this step easy to get wrong, and what would have caught it?"
ASK_VISIBILITY = "What would have made this step visible, or unnecessary?"

BLAME_PATTERNS = (
    BlamePattern(
        "human-error",
        parse_table(
            r"""
            \b(?:human|operator|user|pilot|driver|engineer|individual|administrator|admin
            |personnel)[ -]<ERROR>\b
                ✓ it was human error  ✗ it was a human
            \bindividual inattention\b|\bpebkac\b|\bid-?10-?t\b|\bfinger trouble\b
                ✓ finger trouble  ✗ trouble
            \bfat[- ]finger\w*|\bpushed the wrong button\b|\bpilot error\b|\bperson erred\b
                ✓ he fat-fingered it  ✗ he fingered it
            \blayer 8\b  ✓ a layer 8 problem  ✗ a layer 7 problem
            \b(?:was|is) (?:the|an?) (?:[\w-]+ ){0,2}<ROLE>['’]s? <ERROR>
                ✓ it was the operator's mistake  ✗ it was the operator
            \b(?:caused by|due to|because of|result of|reason (?:is|was)
            |came down to) (?:the |an? |his |her |their )?(?:[\w’'-]{1,40} ){0,3}<ROLE>
            (?:['’]s?)? <ERROR>
                ✓ caused by an operator mistake  ✗ caused by a mistake
            """,
            parts=GRAMMAR,
        ),
        "“Human error” stops the search for causes where it should begin.",
        ASK_SAFEGUARD,
    ),
    BlamePattern(
        "character",
        parse_table(
            r"""
            \b(?:was|were|is|are|be|been|being|a|an|the|his|her|their|its|of|by|through|too|so|such
            |not the most) (?:\w+ )?(?:careless|negligent|sloppy|incompetent|lazy|reckless|stupid
            |cavalier|clueless|irresponsible|unprofessional|complacent|inattentive|overconfident
            |overeager|inexperienced|amateurish)\b(?! (?:regular|regex|query|default))
                ✓ the operator was careless  ✗ a stupid regex
            \bcarelessness\b|\bnegligence\b|\bsloppiness\b|\bincompetence\b|\blaziness\b
                ✓ it was negligence  ✗ it was negligible
            \brecklessness\b|\bcomplacency\b|\bstupidity\b  ✓ out of complacency  ✗ out of memory
            \b(?:rookie|amateur|beginner['’]?s?|stupid|silly|dumb|careless|embarrassing) mistakes?\b
                ✓ a rookie mistake  ✗ a mistake
            \basleep at the wheel\b                         ✓ asleep at the wheel  ✗ asleep
            \b(?:junior|inexperienced|new|tired|drunk|rogue) <ROLE> (?:<WRONGLY>|who|had|was|were
            |did)\b
                ✓ a junior engineer was on call  ✗ a junior engineer
            \bcaused by an? (?:junior|inexperienced|tired|careless) <ROLE>\b
                ✓ caused by a tired operator  ✗ caused by an operator
            \bcavalier attitude\b|\bnot the most careful\b|\bpoor decision-making\b
                ✓ a cavalier attitude  ✗ an attitude
            \bshould (?:be|have been) (?:fired|disciplined)\b
                ✓ he should be fired  ✗ it should be fixed
            """,
            parts=GRAMMAR,
        ),
        "It judges somebody's character, and explains nothing that could be changed.",
        "What about the task, the tool or the time of day made the slip likely?",
    ),
    BlamePattern(
        "should-have",
        parse_table(
            r"""
            (?<!so )\b<WORKER> (?:\w+ )?<SHOULD>(?! (?:had|helped|been))
                ✓ the engineer should have known  ✗ the script should have known
            (?<!so )\b<WORKER> should(?: not|n['’]t)? have been (?:more|less|careful|aware|trained
            |awake|there|watching)\b
                ✓ the operator should have been watching  ✗ the operator was watching
            \b(?:if only|had|if) (?:the |our |an? )?(?:[\w’'-]{1,40} ){0,2}(?:
            <ROLE>) (?:had |only |been )?
            (?:\w+ )?(?:checked|followed|noticed|read|tested|escalated|been more|paid|looked|asked
            |verified|waited)\b
                ✓ if the operator had checked  ✗ if the script had checked
            \b(?:could|should) have (?:been|be) \w+ by (?:the |our )?(?:[\w’'-]{1,40} ){0,2}<ROLE>\b
                ✓ it could have been caught by the operator  ✗ it could have been caught by a test
            """,
            parts=GRAMMAR,
        ),
        "It says what somebody should have done, which is clear only in hindsight.",
        ASK_CONTEXT,
    ),
    BlamePattern(
        "self",
        parse_table(
            r"""
            \bI (?:\w+ )?(?:failed to|forgot|neglected|messed|screwed|should have|shouldn['’]t have
            |could have|blew|botched|broke|overlooked|missed|was careless|was sloppy|was wrong
            |was stupid|got overeager|assumed wrongly)
                ✓ I forgot to drain it  ✗ It forgot to drain
            \bI (?:did not|didn['’]t|never) (?:notice|check|verify|test|read|think|realise|realize
            |double-check|pay attention)
                ✓ I did not check it  ✗ It did not check
            \bI (?:<WRONGLY>|did (?:some|it|this) \w+ (?:wrong|wrongly))\b
                ✓ I accidentally deleted it  ✗ I deleted it
            \bmy (?:own )?(?:fault|mistake|bad|error|oversight|carelessness)\b
                ✓ it was my mistake  ✗ it was a mistake
            ^(?:should|could) have (?:double-)?(?:checked|tested|noticed|read|known|asked
            |verified)\b
                ✓ Should have tested it  ✗ It should have been tested
            """,
            parts=GRAMMAR,
        ),
        "Blaming yourself hides the cause just as blaming somebody else does.",
        ASK_CONTEXT,
    ),
    BlamePattern(
        "accusing-question",
        parse_table(
            r"""
            ^(?:q: )?why (?:did(?: not|n['’]t)?|were(?: not|n['’]t)?|was(?: not|n['’]t)?|would|do
            |does) (?:not )?(?:you|he|she|they|anyone|anybody|somebody|someone|nobody|no one
            |the (?:[\w-]+ )?<ROLE>)\b[^?]*\?
                ✓ Why did nobody check the plan?  ✗ Why did it fail?
            ^who (?:approved|did|merged|pushed|broke|allowed|is responsible|caused|let|signed off
            |wrote
            |deployed|was supposed)\b
                ✓ Who approved it  ✗ It is unclear who approved it
            ^(?:be more careful|pay more attention|do (?:it|so) (?:more )?responsibly
            |don['’]t let it happen again)\b
                ✓ Be more careful  ✗ They want to be more careful
            \bplease do so responsibly\b  ✓ please do so responsibly  ✗ please do so
            """,
            parts=GRAMMAR,
        ),
        "It asks who is responsible, not what happened.",
        "What made that the sensible thing to do at the time?",
    ),
    BlamePattern(
        "ignorance",
        parse_table(
            r"""
            \b<PERSON> (?:who \w+ \w+ )?(?:did(?: not|n['’]t)|does(?: not|n['’]t)
            |doesn['’]t) (?:know
            |understand|believe)\b
                ✓ the operator did not know it  ✗ the script did not know it
            \black of (?:knowledge|understanding|experience|skill|training|awareness
            |discipline) (?:of
            |on the part of|by|among) (?:the |our )?(?:[\w’'-]{1,40} ){0,2}<ROLE>
                ✓ lack of training among operators  ✗ lack of training
            \b<ROLE>(?:['’]s?) (?:lack|ignorance|inexperience)\b
                ✓ the operator's inexperience  ✗ the operator's console
            \b(?:the|an?) <ROLE> (?:was|were) (?:unaware|ignorant|untrained|unfamiliar
            |unqualified)\b
                ✓ the operator was unaware  ✗ the script was unaware
            """,
            parts=GRAMMAR,
        ),
        "It stops at what somebody did not know.",
        "How could anyone learn it, and what would have shown it at that moment?",
    ),
    BlamePattern(
        "forgot",
        parse_table(
            r"""
            \b<PERSON> (?:who [\w ]{1,30} )?(?:\w+ly )?<FAILED>\b
                ✓ the engineer forgot to drain it  ✗ the script forgot to drain it
            \b<ROLE>(?:['’]s?) (?:\w+ ){0,2}(?:failure to|mismanagement|negligence|inability to
            |pattern of)\b
                ✓ the operator's failure to check  ✗ the operator's console
            \bfailure (?:of|by) (?:the |our )?(?:[\w’'-]{1,40} ){0,2}<ROLE> to\b
                ✓ failure of the operator to check  ✗ failure of the disk to spin
            \b(?:the|an?|our|one|some) (?:[\w-]+ ){0,2}<STAFF> (?!do)(?!does)<DID_NOT>
                ✓ the engineer never checked the plan  ✗ the script never checked it
            \b(?:he|she|they) (?:did(?: not|n['’]t)|never) (?:read|follow|check|test|think|listen
            |bother|pay attention|look)\b
                ✓ they did not read the runbook  ✗ it did not read the file
            \b(?:if|had) [A-Z]\w+ (?:had )?(?:followed|checked|read|tested)\b
                ✓ if Tom had checked  ✗ if it failed
            """,
            parts=GRAMMAR,
        ),
        "It says what somebody did not do, not what happened.",
        ASK_VISIBILITY,
    ),
    BlamePattern(
        "they",
        parse_table(
            r"""
            \b(?:the|our|that) (?:[\w-]+ ){0,2}(?:team|department|vendor|group|guys|folks|management
            |management team) (?:<MISSED>|<FAILED>|<DID_NOT>|dropped the ball|let us down
            |is to blame
            |are to blame)
                ✓ the network team dropped the ball  ✗ the network team was paged
            \bto blame (?:is|are|for this is)\b
                ✓ Tom is to blame for this, and to blame is Tom  ✗ blame
            \bblame lies with\b|\bfault of\b|\bfault lies with\b|\bclean up after\b|\blet us down\b
                ✓ the vendor let us down  ✗ the vendor let us in
            \bdropped the ball\b                  ✓ they dropped the ball  ✗ they dropped the table
            \b(?:as usual|once again),? (?:it fell|the \w+|they)\b
                ✓ as usual, they were late  ✗ as usual
            \bonly \w+ (?:team|person) reacted\b  ✓ only one team reacted  ✗ one team reacted
            \bdid not bother\b                    ✓ they did not bother  ✗ it was no bother
            """,
            parts=GRAMMAR,
        ),
        "It puts the fault on another team.",
        "What did the two sides know about each other, and what would have told them?",
    ),
    BlamePattern(
        "named",
        parse_table(
            r"""
            (?:^|(?<=[.;:,–—-] )|(?<=because )|(?<=since )|(?<=when )|(?<=and )
            |(?<=but ))<NAME> (?:\w+ly )?(?:forgot to|neglected to|<MISSED>|<DID_NOT>|<WRONG_ACT>)
                ✓ Tom forgot to drain it  ✗ It broke when the host forgot to drain
            \bcause (?:of [\w ]{3,40} )?(?:was|is) <NAME>, who\b
                ✓ the cause was Tom, who ran it  ✗ the cause was the job
            \b(?:fault|mistake) (?:of|by) <NAME>\b  ✓ the fault of Tom  ✗ the fault of the host
            \b(?:[Tt]he |[Aa]n? |[Oo]ur |^)(?:[\w-]+ ){0,2}(?:<STAFF>|[Oo]n-?call|Engineer|Developer
            |Ops|Operator|QA|Admin) (?:<MISSED>|<FAILED>|<DID_NOT>|<WRONG_ACT>|was slow|were slow)
                ✓ The engineer missed the page  ✗ The script missed the page
            """,
            parts=GRAMMAR,
            flags=re.NOFLAG,
        ),
        "It names a person and a mistake, and nothing around them.",
        ASK_CONTEXT,
    ),
)

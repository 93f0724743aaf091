"""How replies ask for more time, and the hours that people write beside a day."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table
from rules.replies.dates.date_words import COUNT

# Hours: an action is due on a day, so that they are left out

_CLOCK = r"""
    \d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\b\.?)?             ✓ 17:00  ✗ 17
    \d{1,2}\s?(?:[ap]\.?m\b\.?|(?:h|hrs?|hours|uhr|o['’]?clock)\b)  ✓ 5 pm  ✗ 5 people
    (?:noon|midday|midnight|eod|eob|cob|cop)\b        ✓ noon  ✗ afternoon
    (?:end of (?:the )?(?:business )?day|(?:end|close) of (?:business|play))\b
        ✓ close of business  ✗ end of the week
"""
_PARTS = {
    "CLOCK": parse_table(_CLOCK),
    "ZONE": parse_table(
        r"""
        \s?\(?(?:utc|gmt|[bij]st|[cemp][esd]?t|[ew]es?t|cest|local time|sharp|latest)\b\)?
            ✓ CET  ✗ central
        """
    ),
}
HOUR_AFTER = parse_table(
    r"""
    (?:(?:at|by|before|around)\s)?\(?(?:<CLOCK>)\)?(?:<ZONE>)?  ✓ at 5pm CET  ✗ at five people
    at \d{1,2}(?=\W*(?:$|(?:because|since|as|due)\b))           ✓ at 5 because  ✗ at 5 sites
    (?:in the |that )?(?:morning|afternoon|evening)\b           ✓ in the evening  ✗ in the east
    at (?:the )?(?:very )?latest\b                              ✓ at the latest  ✗ at least
    (?:at )?(?:[01]\d|2[0-3])[0-5]\d(?:\s?(?:h|hrs?|hours))?(?=\W*(?:$|(?:because|since|as|due)\b))
        ✓ 1700 because  ✗ 2460
    first thing\b                                               ✓ first thing  ✗ first
    """,
    r"[ ,]*(?:{})",
    parts=_PARTS,
)
"""What may stand right after a day."""

HOUR_BEFORE = parse_table(
    r"""
    (?:<CLOCK>)(?:<ZONE>)?(?:,| on| of)           ✓ 5pm on Friday  ✗ 5 on Friday
    (?:the )?(?:morning|afternoon|evening) of  ✓ the morning of 3 May  ✗ the end of May
    first thing(?: on)?  ✓ first thing Monday  ✗ first Monday
    noon|midday|midnight|eod|eob|cob|cop|(?:close|end) of (?:business|play|day)
        ✓ COB Friday  ✗ 5 Friday
    """,
    r"(?:{})\s+",
    parts=_PARTS,
)
"""What may stand right before a day."""

# More time

LONGER = parse_table(
    rf"""
    another\s+(?:(?P<more>{COUNT})\s+)?(?P<more_unit>days?|weeks?|months?)
        ✓ another two weeks  ✗ another team
    (?P<extra>{COUNT})\s+(?:more|extra|additional|further)\s+(?P<extra_unit>days?|weeks?|months?)
        ✓ two more weeks  ✗ two weeks
    (?:an?\s+)?(?:extra|additional|further)\s+(?P<another>{COUNT})\s+(?P<another_unit>days?|weeks?|months?)
        ✓ an extra two weeks  ✗ an extra team
    (?P<later>{COUNT})\s+(?P<later_unit>days?|weeks?|months?)\s+(?:more|longer|later|extra)
        ✓ a week longer  ✗ a week from Friday
    """,
    r"(?:{})\b",
)
"""A span that is counted from the due date."""

_ASKING_WORDS = parse_table(
    r"""
    but|though|although|however|yet|and|well|just|only|still|also|please|then  ✓ though  ✗ through
    unfortunately|sadly|sorry|probably|likely|realistically  ✓ probably  ✗ perhaps
    (?:i|we|it|this|that)(?:'d|'ll)?|'d|'ll|will|would|can|could|am|is|be|do|done|able  ✓ I'd  ✗ if
    can't|cannot|couldn't|wouldn't|won't|not|no|earlier|sooner|earliest  ✓ can't  ✗ canteen
    needs?|require|want|like|say|have|may|get|give|takes?|me|us  ✓ needs  ✗ needy
    make|finish|complete|deliver|manage|finished|completed   ✓ finish  ✗ start
    should|let|let's|lets                                     ✓ should be  ✗ shoulder
    promise|guarantee                                        ✓ can't promise  ✗ compromise
    ready|doable|possible|realistic|feasible|due|date        ✓ possible  ✗ possibly
    with|deadline|target|new|different|later                 ✓ with a deadline  ✗ without
    more|some|extra|additional|a|an|bit|little|time|of|to|the|at  ✓ a bit more time  ✗ timely
    move|push|extend|postpone|extension|slips?|moves?        ✓ push  ✗ pushed
    """,
    is_fragment=True,
)
ASKING = re.compile(rf"(?:(?:{_ASKING_WORDS.source})(?=[\s,.;:–—-]|$)[\s,.;:–—-]*)*", re.IGNORECASE)
"""Words that may stand between an acceptance and the day that somebody asks for: these alone."""

AT_A_DAY = parse_table(
    r"""
    until|till|by|before|than|be|is|on|of|to|due|date|deadline|say|earliest
        ✓ until Friday  ✗ unless Omar helps
    (?=in \w)                              ✓ in two weeks  ✗ within two weeks
    """,
    r"\b(?:{})(?::?\s+|(?=in))",
)

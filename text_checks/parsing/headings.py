"""Find the section that a heading announces, in the words that people use."""

from __future__ import annotations

import re

from models.document import Section

_SECTION_PATTERNS: tuple[tuple[Section, str], ...] = (
    (
        Section.WENT_POORLY,
        (
            r"went (?:wrong|poorly|badly)|n['’]t go (?:so )?well|not go (?:so )?well|to improve$"
            r"|gone better"
        ),
    ),
    (Section.WENT_WELL, r"went (?:well|right)|worked well|did well|^(?:the )?good$"),
    (Section.LUCKY, r"\bluck"),
    (
        Section.ACTIONS,
        (
            r"action|follow[- ]?ups?\b|next steps?|to-?dos?\b|remediation|mitigations?$"
            r"|prevent(?:ion|ative|ive)|corrective|improvement"
            r"|what we['’]?(?:re| are| will| plan)\b.*do|looking forward|future (?:work|steps)"
            r"|(?:short|medium|mid|long)[- ]term|recommendations?"
            r"|plan ahead|what(?:['’]s| is) next|changes we|tasks|defensive measures"
            r"|going forward|^how we will|proposal"
        ),
    ),
    (
        Section.TIMELINE,
        r"time-?line|chronolog|sequence of events|history of events|event log|^log$",
    ),
    (
        Section.CAUSES,
        (
            r"causes?\b|contributing|root[- ]?cause|why (?:it|did|this)|technical elements"
            r"|lead ?-?up|the (?:bug|vulnerability|fault)|what happened and why"
            r"|analysis|trigger|background|five whys|5 whys|faults?$|the pr$|origin"
        ),
    ),
    (Section.LESSONS, r"lessons|learn(?:ed|t|ings?)\b|takeaways|retrospective|reflections?"),
    (
        Section.IMPACT,
        r"impact|affected|stats|severity|scope|damage|consequences|customers? experience",
    ),
    (
        Section.PARTICIPANTS,
        r"participants|attendees|authors?|involved|people|responders|owner|roles",
    ),
    (
        Section.SUMMARY,
        (
            r"summary|overview|tl;?dr|abstract|introduction|description|what happened|issue name"
            r"|synopsis|in short|detection|response|resolution"
            r"|recovery|how it was fixed|disclosure"
        ),
    ),
)
SECTION_PATTERNS = tuple(
    (part, re.compile(pattern, re.IGNORECASE)) for part, pattern in _SECTION_PATTERNS
)
MAX_HEADING_LENGTH = 90
"""Maximum number of characters of a heading; a longer one is a sentence and announces nothing."""

_MARKS = re.compile(r"[*_`#~]|^[\d.\s)]+|:[a-z_]+:|[\s:.!]+$|[^\w\s'’;&/,()-]")


def find_section(heading: str) -> Section | None:
    """Return the section that a heading announces; None for a heading of no known meaning."""
    name = " ".join(_MARKS.sub(" ", heading[: 2 * MAX_HEADING_LENGTH]).split()).lower()
    if not name or len(name) > MAX_HEADING_LENGTH:
        return None
    return next((section for section, pattern in SECTION_PATTERNS if pattern.search(name)), None)

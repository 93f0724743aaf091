"""What the headings of post-mortems mean, in the words that people use for them."""

from __future__ import annotations

import re
from enum import StrEnum


class Part(StrEnum):
    """What a section tells."""

    SUMMARY = "summary"
    IMPACT = "impact"
    TIMELINE = "timeline"
    CAUSES = "causes"
    WENT_WELL = "what went well"
    WENT_POORLY = "what went poorly"
    LUCKY = "where we got lucky"
    ACTIONS = "actions"
    LESSONS = "lessons"
    PARTICIPANTS = "participants"


_SIGNS: tuple[tuple[Part, str], ...] = (
    (
        Part.WENT_POORLY,
        (
            r"went (?:wrong|poorly|badly)|n['’]t go (?:so )?well|not go (?:so )?well|to improve$"
            r"|gone better"
        ),
    ),
    (Part.WENT_WELL, r"went (?:well|right)|worked well|did well|^(?:the )?good$"),
    (Part.LUCKY, r"\bluck"),
    (
        Part.ACTIONS,
        (
            r"action|follow[- ]?ups?\b|next steps?|to-?dos?\b|remediation|mitigations?$"
            r"|prevent(?:ion|ative|ive)|corrective|improvement"
            r"|what we['’]?(?:re| are| will| plan)\b.*do|looking forward|future (?:work|steps)"
            r"|(?:short|medium|mid|long)[- ]term|recommendations?"
            r"|plan ahead|what(?:['’]s| is) next|changes we|tasks|defensive measures"
            r"|going forward|^how we will|proposal"
        ),
    ),
    (Part.TIMELINE, r"time-?line|chronolog|sequence of events|history of events|event log|^log$"),
    (
        Part.CAUSES,
        (
            r"causes?\b|contributing|root[- ]?cause|why (?:it|did|this)|technical elements"
            r"|lead ?-?up|the (?:bug|vulnerability|fault)|what happened and why"
            r"|analysis|trigger|background|five whys|5 whys|faults?$|the pr$|origin"
        ),
    ),
    (Part.LESSONS, r"lessons|learn(?:ed|t|ings?)\b|takeaways|retrospective|reflections?"),
    (
        Part.IMPACT,
        r"impact|affected|stats|severity|scope|damage|consequences|customers? experience",
    ),
    (Part.PARTICIPANTS, r"participants|attendees|authors?|involved|people|responders|owner|roles"),
    (
        Part.SUMMARY,
        (
            r"summary|overview|tl;?dr|abstract|introduction|description|what happened|issue name"
            r"|synopsis|in short|detection|response|resolution"
            r"|recovery|how it was fixed|disclosure"
        ),
    ),
)
SIGNS = tuple((part, re.compile(pattern, re.IGNORECASE)) for part, pattern in _SIGNS)
LONGEST = 90
_MARKS = re.compile(r"[*_`#~]|^[\d.\s)]+|:[a-z_]+:|[\s:.!]+$|[^\w\s'’;&/,()-]")


def part_of(heading: str) -> Part | None:
    """Say what a heading announces; None for one that says nothing we know."""
    plain = " ".join(_MARKS.sub(" ", heading[: 2 * LONGEST]).split()).lower()
    if not plain or len(plain) > LONGEST:
        return None
    return next((part for part, sign in SIGNS if sign.search(plain)), None)

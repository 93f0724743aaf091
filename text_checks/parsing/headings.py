"""Find the section that a heading announces, in the words that people use."""

from __future__ import annotations

import re

from models.document import Section
from rules.pattern_table import parse_table
from text_checks.parsing.foreign_headings import FOREIGN_SECTION_TABLES

_SECTION_FORMS = {
    Section.WENT_POORLY: r"""
        went (?:wrong|poorly|badly)                  ✓ what went wrong  ✗ the wrong way
        n['’]t go (?:so )?well                       ✓ what didn't go so well  ✗ what did go
        not go (?:so )?well|to improve$|gone better  ✓ what did not go well  ✗ to improve it
    """,
    Section.WENT_WELL: r"""
        went (?:well|right)|worked well|did well|^(?:the )?good$
            ✓ what went well  ✗ the good of all
    """,
    Section.LUCKY: r"\bluck  ✓ where we got lucky  ✗ pluck",
    Section.ACTIONS: r"""
        action|follow[- ]?ups?\b|next steps?|to-?dos?\b|remediation|mitigations?$
            ✓ follow-ups  ✗ mitigations tried
        prevent(?:ion|ative|ive)|corrective|improvement  ✓ preventative measures  ✗ what prevents it
        what we['’]?(?:re| are| will| plan)\b.{0,80}do|looking forward|future (?:work|steps)
            ✓ what we will do  ✗ what we did
        (?:short|medium|mid|long)[- ]term|recommendations?  ✓ long-term  ✗ the term
        ^a\.?i\.?s?$  ✓ ais  ✗ the ai
        plan ahead|what(?:['’]s| is) next|changes we|tasks|defensive measures
            ✓ what is next  ✗ what was next
        going forward|^how we will|proposal  ✓ how we will prevent it  ✗ and how we will prevent it
    """,
    Section.TIMELINE: r"""
        time-?line|chronolog|sequence of events|history of events|event log|^log$
            ✓ chronology  ✗ the log
    """,
    Section.CAUSES: r"""
        causes?\b|contributing|root[- ]?cause|why (?:it|did|this)|technical elements
            ✓ contributing factors  ✗ causeway
        lead ?-?up|the (?:bug|vulnerability|fault)|what happened and why  ✓ the bug  ✗ a bug
        analysis|trigger|background|five whys|5 whys|faults?$|the pr$|origin
            ✓ background  ✗ the print
    """,
    Section.LESSONS: r"""
        lessons|learn(?:ed|t|ings?)\b|takeaways|retrospective|reflections?
            ✓ lessons learned  ✗ learner
    """,
    Section.IMPACT: r"""
        impact|affected|stats|severity|scope|damage|consequences|customers? experience
            ✓ who was affected  ✗ who was there
    """,
    Section.PARTICIPANTS: r"""
        attendance|^present$|^invited$|teilnehmer  ✓ in attendance  ✗ present day
        participants|attendees|authors?|involved|people|responders|commander|owner|roles
            ✓ people involved  ✗ who came
    """,
    Section.SUMMARY: r"""
        summary|overview|tl;?dr|abstract|introduction|description|what happened|issue name
            ✓ overview  ✗ view
        synopsis|in short|detection|response|resolution  ✓ in short  ✗ shortly
        recovery|how it was fixed|disclosure  ✓ how it was fixed  ✗ how it broke
    """,
}
"""The headings of each section, in lower case; the first table that finds one decides."""

SECTION_TABLES = tuple((section, parse_table(forms)) for section, forms in _SECTION_FORMS.items())
ALL_TABLES = (*SECTION_TABLES, *FOREIGN_SECTION_TABLES)
"""The tables of English, and then those of other languages."""

MAX_HEADING_LENGTH = 90
"""Maximum number of characters of a heading; a longer one is a sentence and announces nothing."""

_MARKS = re.compile(r"[*_`#~]|^[\d.\s)]+|:[a-z_]{1,40}:|(?<![\s:.!])[\s:.!]+$|[^\w\s'’;&/,()-]")


def find_section(heading: str) -> Section | None:
    """Return the section that a heading announces; None for a heading of no known meaning."""
    name = " ".join(_MARKS.sub(" ", heading[: 2 * MAX_HEADING_LENGTH]).split()).lower()
    if not name or len(name) > MAX_HEADING_LENGTH:
        return None
    return next((section for section, table in ALL_TABLES if table.search(name)), None)

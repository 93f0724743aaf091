"""The document's facts, as read at the door: sections, causes and findings about its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Section(StrEnum):
    """The sections of a post-mortem document."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text as filed in the archive by its SHA-256 digest (hex).

    `sections` are those that hold text; `revision` counts writes from 1; `size` is octets.
    """

    digest: str
    revision: int
    by: str
    at: datetime
    size: int
    title: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check of words found: `W1`… in a document, or about the action or cause `item`.

    `where` is the passage itself, `why` the unanswered question, `better` a way to say it; `line`
    and `column` count from 1 (0: the text has none), columns in characters.
    """

    id: str
    code: str
    where: str
    why: str
    better: str = ""
    line: int = 0
    item: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A check the lead (or, for words of the document, the facilitator) let pass, with a reason."""

    item: str
    code: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What somebody added without their name (`K1`…): a remark, or a fact of the timeline.

    `when` is the time as they said it, "" for a remark. `settled_by` decided whether it entered
    the document; `left_out` is the reason why it did not.
    """

    id: str
    text: str
    at: datetime
    when: str = ""
    settled_by: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One contributing factor (`C1`…): a symptom and its chain of whys, to something changeable."""

    id: str
    symptom: str
    whys: tuple[str, ...] = ()
    withdrawn: bool = False
    accepted_risk: str = ""
    accepted_by: str = ""
    findings: tuple[Finding, ...] = ()

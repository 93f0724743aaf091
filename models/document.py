"""A post-mortem document: its sections, causes and findings about its text."""

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

    `sections` are those that hold text; `revision` counts versions from 1; `size` is in bytes.
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
    """A finding of a text check: `W1`… in a document, or about the action or cause `item`.

    `passage` is the quoted text, `problem` the open question, `suggestion` a better wording;
    `line` and `column` count from 1 (0: the text has none), columns in characters.
    """

    id: str
    code: str
    passage: str
    problem: str
    suggestion: str = ""
    line: int = 0
    item: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A check waived by the lead (in the document also by the facilitator), with a reason.

    `token_origin` is as in models.action.Verified.
    """

    item: str
    code: str
    reason: str
    by: str
    at: datetime
    token_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """An anonymous contribution (`K1`…): a remark, or a fact of the timeline.

    `when` is the time in the writer's words, "" for a remark. `settled_by` decided whether it
    entered the document; `rejected_because` is the reason why it did not.
    """

    id: str
    text: str
    at: datetime
    when: str = ""
    settled_by: str = ""
    rejected_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A contributing factor (`C1`…): a symptom and its whys, down to something changeable.

    `is_derived` means that it was read out of the prose of a finished post-mortem. `token_origin`
    says by whose token its risk was accepted, as in models.action.Verified.
    """

    id: str
    symptom: str
    whys: tuple[str, ...] = ()
    withdrawn: bool = False
    accepted_risk: str = ""
    accepted_by: str = ""
    findings: tuple[Finding, ...] = ()
    is_derived: bool = False
    token_origin: str = ""

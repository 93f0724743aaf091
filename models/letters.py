"""Letters: what Afterword writes to whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """One template pair stands behind each of these."""

    OPENED = "opened"
    LATE_DRAFT = "late-draft"
    MEETING_INVITATION = "meeting-invitation"
    AGENDA = "agenda"
    MEETING_CANCELLED = "meeting-cancelled"
    ASSIGNED = "assigned"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    TO_VERIFY = "to-verify"
    VERDICT = "verdict"
    POSTPONEMENT_ASKED = "postponement-asked"
    POSTPONEMENT_ANSWERED = "postponement-answered"
    GIVEN_UP_ASKED = "given-up-asked"
    GIVEN_UP_ANSWERED = "given-up-answered"
    QUESTION = "question"
    FOLLOW_UP_INVITATION = "follow-up-invitation"
    STATUS_BRIEF = "status-brief"
    NOTICE = "notice"
    CLOSED = "closed"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a letter speaks of.

    `sentence` says it whole, to this reader; `answers` are the words they may reply with ("accept",
    "decline because …").
    """

    code: str
    sentence: str
    item: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """One line of somebody's mail and what was made of it."""

    line: str
    answer: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one person. The same `key` is the same letter, however often it is tried.

    `covers` are the waits it answers (see rules.waits) and `counts` the how-maniest letter about
    each of them it is, `count` the lowest of these; `not_before` is set while it is held for the
    receiver's working hours; `revision` is the log line that gave rise to it, 0 where time alone
    did; `in_reply_to` and `subject` are those of the mail that it answers.
    """

    kind: LetterKind
    to: str
    items: tuple[Item, ...] = ()
    covers: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    count: int = 1
    revision: int = 0
    not_before: datetime | None = None
    quoted: tuple[Quoted, ...] = ()
    in_reply_to: str = ""
    subject: str = ""

    @property
    def key(self) -> str:
        """The letter's name within its review."""
        subject = ",".join(self.covers) or ",".join(item.item for item in self.items)
        return f"{self.kind}:{self.to}:{subject}:{self.revision}:{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many letters went out about one wait, and when the last one did."""

    count: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a letter: accepted by the mail server, or refused for good with a reason."""

    key: str
    message_id: str
    at: datetime
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Somebody waits for `who` to do something: `sentence` says what, `since` since when.

    `key` names the wait within its review.
    """

    code: str
    sentence: str
    who: tuple[str, ...]
    since: datetime
    item: str = ""
    way_out: str = ""

    @property
    def key(self) -> str:
        """The wait's name within its review."""
        return f"{self.code}:{self.item}" if self.item else self.code

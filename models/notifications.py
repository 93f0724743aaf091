"""Notifications: what Afterword sends to whom, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NotificationKind(StrEnum):
    """The kinds of notifications; each has one pair of templates."""

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
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationItem:
    """One thing a notification is about.

    `sentence` is the full sentence for this reader, `request` what it asks of them as a clause
    after “please”, empty for nothing. `reply_hints` are in old records only: what a reader may do
    is found when the email is sent.
    """

    code: str
    sentence: str
    item: str = ""
    reply_hints: tuple[str, ...] = ()
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One line of a reply and the answer to it."""

    line: str
    answer: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One email to one person; the same `key` is the same notification, however often it is tried.

    `covers` are the keys of its pending items (see rules.notifications.pending); `counts` says
    which notification about each of them it is, `count` the lowest of these; `not_before` is
    set while it is held for the recipient's working hours; `revision` is the log line that
    caused it, 0 where time alone did; `in_reply_to` and `subject` are those of the email that
    it answers. `daily` says that it waits for the recipient's daily reminder email; `parts` are
    the notifications that were merged into it, where some of them tell of events.
    """

    kind: NotificationKind
    to: str
    items: tuple[NotificationItem, ...] = ()
    covers: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    count: int = 1
    revision: int = 0
    not_before: datetime | None = None
    quoted_lines: tuple[QuotedLine, ...] = ()
    in_reply_to: str = ""
    subject: str = ""
    daily: bool = False
    parts: tuple[Notification, ...] = ()

    @property
    def key(self) -> str:
        """Return the notification's unique key within its review."""
        subject = ",".join(self.covers) or ",".join(item.item for item in self.items)
        return f"{self.kind}:{self.to}:{subject}:{self.revision}:{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCount:
    """How many notifications were sent about a pending item, and when the last one was."""

    count: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The result of a delivery: accepted by the mail server, or refused with a reason.

    `notification` is what was sent, where the review had given it to somebody's daily email.
    """

    key: str
    message_id: str
    at: datetime
    refused: str = ""
    notification: Notification | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingItem:
    """Something that people are expected to do: `sentence` says what, `who` by whom.

    `since` is when it became pending; `key` identifies it within its review.
    """

    code: str
    sentence: str
    who: tuple[str, ...]
    since: datetime
    item: str = ""
    way_out: str = ""

    @property
    def key(self) -> str:
        """Return the item's unique key within its review."""
        return f"{self.code}:{self.item}" if self.item else self.code

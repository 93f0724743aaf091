"""What happened around the reviews: who was given access, who looked at what, what was replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditKind(StrEnum):
    """The kinds of audit events."""

    TOKEN_CREATED = "token-created"  # noqa: S105  (a kind, no password)
    TOKEN_REVOKED = "token-revoked"  # noqa: S105  (a kind, no password)
    PEOPLE_IMPORTED = "people-imported"
    SERVICES_IMPORTED = "services-imported"
    ADDRESSES_RENEWED = "addresses-renewed"
    HANDED_OVER = "handed-over"
    SECRET_SEEN = "secret-seen"  # noqa: S105  (a kind, no password)
    SECRET_ROTATED = "secret-rotated"  # noqa: S105  (a kind, no password)
    MAIL_READ = "mail-read"
    EXPORTED = "exported"
    RESTRICTED_READ = "restricted-read"
    REGISTER_REBUILT = "register-rebuilt"
    ANCHORED = "anchored"
    RESTORED = "restored"
    ERASED = "erased"
    WORKFLOW_RESET = "workflow-reset"
    TOKEN_ROTATED = "token-rotated"  # noqa: S105  (a kind, no password)
    SIGNED_IN = "signed-in"
    SIGNED_OUT = "signed-out"
    SESSION_ENDED = "session-ended"
    SIGN_IN_LINK_SENT = "sign-in-link-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something: an address, `tool:<name>` or `server`; by which channel; from where.

    `origin` is the address of the machine that asked, as the web server sees it.
    """

    by: str
    channel: str = ""
    origin: str = ""


SERVER = Actor(by="server")
"""What Afterword does by itself, or an operator does on its machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One line of the audit log; `subject` is the review, token, person or secret it is about.

    `seq` counts from 1; `link`, `seal` and `covers` are as in models.review.Event.
    """

    seq: int
    at: datetime
    by: str
    channel: str
    origin: str
    kind: AuditKind
    subject: str
    text: str
    link: str = ""
    seal: str = ""
    covers: str = ""

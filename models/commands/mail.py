"""Commands that come from mail: replies, and mail that bounced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from models.commands.actions import Reassign
from models.commands.base import Command, Reason
from models.commands.decisions import DecisionCommand
from models.commands.documents import Note, Settle
from models.commands.ownership import OwnershipCommand
from models.commands.verification import VerificationCommand
from models.field_metadata import PersonAddress, ServerField
from models.people import Role

MailCommand = OwnershipCommand | VerificationCommand | DecisionCommand | Reassign | Note | Settle
"""The commands that a line of a reply can give are those among these with a `mail` form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBounce(Command):
    """Report that email to somebody bounced; the lead is notified."""

    who: ClassVar = (Role.TOOL,)
    cli: ClassVar = "review report-bounce"

    kind: Literal["report-bounce"] = "report-bounce"
    person: Annotated[str, PersonAddress(help="Who (name or address).", example="ada@example.org")]
    reason: Reason

    @property
    def target(self) -> str:
        """Return the address of the person."""
        return self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLine:
    """One line of an email and the command it asks for.

    `command` is None where it was not understood or is refused; `answer` then says why.
    """

    text: str
    command: MailCommand | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Answer a notification by email; each line that is understood and allowed is applied.

    `mail_digest` is the archived raw mail's digest; its Message-ID and subject are what the answer
    to it goes by, so that mail programs show both together.
    """

    who: ClassVar = (Role.ANYBODY,)
    audience: ClassVar = "anybody Afterword wrote to"

    kind: Literal["reply"] = "reply"
    mail_digest: Annotated[str, ServerField()]
    message_id: Annotated[str, ServerField()] = ""
    subject: Annotated[str, ServerField()] = ""
    lines: Annotated[tuple[ReplyLine, ...], ServerField()] = ()


IncomingMailCommand = ReportBounce | Reply

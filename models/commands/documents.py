"""Commands about the document: writing it, waiving its checks, notes and contributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from models.commands.base import (
    ORGANIZERS,
    WRITERS,
    Command,
    Findings,
    ItemCommand,
    MailForm,
    Reason,
)
from models.document import Section
from models.field_metadata import ContributionId, FreeText, ItemId, Number, OneLine, ServerField
from models.people import Role
from models.review import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Command):
    """File a new version of the document."""

    who: ClassVar = WRITERS
    cli: ClassVar = "review write"

    kind: Literal["write"] = "write"
    digest: Annotated[str, ServerField()]
    size: Annotated[int, ServerField()]
    title: Annotated[str, OneLine(help="The document's title.", example="Checkout outage")] = ""
    base: Annotated[
        int | None, Number(help="The revision that this one was written over.", example=3)
    ] = None
    sections: Annotated[tuple[Section, ...], ServerField()] = ()
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(ItemCommand):
    """Waive a check for one item, with a reason that stays in the log."""

    who: ClassVar = ORGANIZERS
    cli: ClassVar = "review waive"

    kind: Literal["waive"] = "waive"
    code: Annotated[
        str, OneLine(help="The check's code, as the refusal or finding names it.", example="blame")
    ]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribute(Command):
    """Add a fact of the timeline, or a remark, without your name; the facilitator decides."""

    who: ClassVar = (Role.ANYBODY,)
    audience: ClassVar = "anybody with the link"
    cli: ClassVar = "review contribute"

    kind: Literal["contribute"] = "contribute"
    text: Annotated[
        str,
        FreeText(
            help="In your own words.", example="The alert was muted since the migration in May."
        ),
    ]
    when: Annotated[
        str,
        FreeText(
            help="When it was, as you remember it; leave it out for a remark.", example="about 9:40"
        ),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Command):
    """Put a contribution into the document or, with a reason, leave it out."""

    who: ClassVar = ORGANIZERS
    cli: ClassVar = "review settle"
    mail: ClassVar = MailForm(
        verb="settle",
        words="reason",
        example="reject because it is not about the incident",
        question="Why is it left out?",
        is_decision=True,
    )

    kind: Literal["settle"] = "settle"
    contribution: Annotated[str, ContributionId(is_argument=True)]
    reason: Reason = ""

    @property
    def target(self) -> str:
        """Return the id of the contribution."""
        return self.contribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Command):
    """Add a note to the log."""

    who: ClassVar = (*WRITERS, Role.SPONSOR, Role.OWNER, Role.VERIFIER, Role.COORDINATOR, Role.TOOL)
    cli: ClassVar = "review note"
    mail: ClassVar = MailForm(verb="note", words="text", question="What should the note say?")

    kind: Literal["note"] = "note"
    text: Annotated[
        str,
        FreeText(help="In your own words.", example="The vendor confirmed the fix by phone."),
    ]
    item: Annotated[str, ItemId(example="A1")] = ""

    @property
    def target(self) -> str:
        """Return the id of the item."""
        return self.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(Command):
    """Take the words of a log line, or of a contribution, out of sight; a mark stays in the log."""

    who: ClassVar = ORGANIZERS
    stages: ClassVar = tuple(Stage)
    cli: ClassVar = "review redact"
    needs_confirmation: ClassVar = True

    kind: Literal["redact"] = "redact"
    line: Annotated[
        str,
        ItemId(
            help="The number of the log line (REV), or a contribution like K1.",
            example="12",
            is_argument=True,
        ),
    ]
    reason: Reason

    @property
    def target(self) -> str:
        """Return the number of the line, or the id of the contribution."""
        return self.line


DocumentCommand = Write | Waive | Contribute | Settle | Note | Redact

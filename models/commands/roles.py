"""Commands about people: who has which role, and who may see the review."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from models.commands.base import LEAD, ORGANIZERS, Command, Reason
from models.field_metadata import Choice, PersonAddress, ServerField
from models.people import Role
from models.review import Stage

APPOINTABLE_ROLES = (Role.LEAD, Role.FACILITATOR, Role.SPONSOR, Role.PARTICIPANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appoint(Command):
    """Appoint somebody lead, facilitator, sponsor or participant."""

    who: ClassVar = (*LEAD, Role.SPONSOR, Role.COORDINATOR, Role.CLOCK)
    cli: ClassVar = "review appoint"

    kind: Literal["appoint"] = "appoint"
    role: Annotated[
        Role,
        Choice(help="The role they will have.", example="lead", choices=APPOINTABLE_ROLES),
    ]
    person: Annotated[str, PersonAddress(help="Who (name or address).", example="ada@example.org")]

    @property
    def target(self) -> str:
        """Return the address of the person."""
        return self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict(Command):
    """Show the review to these people only; for everybody else it is not there."""

    who: ClassVar = ORGANIZERS
    cli: ClassVar = "review restrict"

    kind: Literal["restrict"] = "restrict"
    people: Annotated[
        tuple[str, ...],
        PersonAddress(
            help="Who else may see it (name or address).",
            example=["ada@example.org", "fay@example.org"],
            option="person",
        ),
    ] = ()
    reason: Reason = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrestrict(Command):
    """Show a restricted review to everybody again."""

    who: ClassVar = LEAD
    cli: ClassVar = "review unrestrict"

    kind: Literal["unrestrict"] = "unrestrict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss(Command):
    """Take somebody out of the participants; their invitation to a meeting ahead is cancelled."""

    who: ClassVar = (*ORGANIZERS, Role.SPONSOR, Role.COORDINATOR)
    cli: ClassVar = "review dismiss"

    kind: Literal["dismiss"] = "dismiss"
    person: Annotated[
        str,
        PersonAddress(help="Who (name or address).", example="pia@example.org", allows_guests=True),
    ]

    @property
    def target(self) -> str:
        """Return the address of the person."""
        return self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Command):
    """Hand all that somebody has to do in a review over to somebody else.

    `gone` are the people with a role in the review who have left: nobody of them takes anything
    over.
    """

    who: ClassVar = (*LEAD, Role.COORDINATOR)
    cli: ClassVar = "review hand-over"

    kind: Literal["hand-over"] = "hand-over"
    leaver: Annotated[
        str,
        PersonAddress(
            help="Whose actions, verifications and roles (name or address).",
            example="olga@example.org",
            option="from",
            allows_guests=True,
        ),
    ]
    to: Annotated[
        str,
        PersonAddress(help="Who takes them over (name or address).", example="omar@example.org"),
    ]
    gone: Annotated[tuple[str, ...], ServerField()] = ()

    @property
    def target(self) -> str:
        """Return the address of who takes over."""
        return self.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(Command):
    """Replace the name and the addresses of a person by a pseudonym, also in the log.

    `documents` has the digests of documents that were written without them, by those of before.
    """

    who: ClassVar = (Role.COORDINATOR, Role.CLOCK)
    audience: ClassVar = "the coordinator, for all reviews at once"
    stages: ClassVar = tuple(Stage)

    kind: Literal["erase"] = "erase"
    pseudonym: Annotated[str, ServerField()]
    addresses: Annotated[tuple[str, ...], ServerField()]
    name: Annotated[str, ServerField()] = ""
    documents: Annotated[dict[str, str], ServerField()] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Return the pseudonym, which says nothing of the person."""
        return self.pseudonym


RoleCommand = Appoint | Restrict | Unrestrict | Dismiss | HandOver | Erase

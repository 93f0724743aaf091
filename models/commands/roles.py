"""Commands about people: who has which role, and who may see the review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from models.commands.base import LEAD, ORGANIZERS, Command, Reason
from models.field_metadata import Choice, PersonAddress
from models.people import Role

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
    person: Annotated[str, PersonAddress(help="Who (address).", example="ada@example.org")]

    @property
    def target(self) -> str:
        """Return the address of the person."""
        return self.person


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict(Command):
    """Show the review to these people only; everybody else sees a neutral title."""

    who: ClassVar = ORGANIZERS
    cli: ClassVar = "review restrict"

    kind: Literal["restrict"] = "restrict"
    people: Annotated[
        tuple[str, ...],
        PersonAddress(
            help="Who else may see it (address).",
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
        PersonAddress(help="Who (address).", example="pia@example.org", allows_guests=True),
    ]

    @property
    def target(self) -> str:
        """Return the address of the person."""
        return self.person


RoleCommand = Appoint | Restrict | Unrestrict | Dismiss
